import { Redis } from "iovalkey";
import { throughIoredis } from "./harnesses/ioredis.ts";
import { overServers } from "./harnesses/servers.ts";
import { register } from "./register.ts";

register(overServers("iovalkey", ({ port }) => throughIoredis(new Redis(port))));
