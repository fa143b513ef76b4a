import { Redis } from "ioredis";
import { register } from "#register";
import { throughIoredis } from "../harnesses/ioredis.ts";
import { overServers } from "../harnesses/servers.ts";

register(overServers("ioredis 6", ({ port }) => throughIoredis(new Redis(port))));
