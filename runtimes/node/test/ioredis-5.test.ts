import { Redis } from "ioredis-5";
import { throughIoredis } from "./harnesses/ioredis.ts";
import { overServers } from "./harnesses/servers.ts";
import { register } from "./register.ts";

register(overServers("ioredis 5", ({ port }) => throughIoredis(new Redis(port))));
