import { Redis } from "ioredis";
import { throughIoredis } from "./harnesses/ioredis.ts";
import { overServers } from "./harnesses/servers.ts";
import { register } from "./register.ts";

register(overServers("ioredis 6", ({ port }) => throughIoredis(new Redis(port))));
