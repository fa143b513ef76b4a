import { Redis } from "ioredis-5";
import { overServers } from "./harnesses/servers.ts";
import { register } from "./register.ts";

register(overServers("ioredis 5", (port) => new Redis(port)));
