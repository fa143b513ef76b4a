import { Redis } from "ioredis";
import { register } from "#register";
import { throughIoredis } from "../harnesses/ioredis.ts";
import { overServers } from "../harnesses/servers.ts";

// It speaks RESP3 by default, and so listens beside its other work.
register(overServers("ioredis 6", ({ port }) => throughIoredis(new Redis(port))));
