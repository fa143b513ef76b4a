import { Redis } from "ioredis";
import { overServers } from "./harnesses/servers.ts";
import { register } from "./register.ts";

register(overServers("ioredis 6", (port) => new Redis(port)));
