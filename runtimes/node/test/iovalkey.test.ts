import { Redis } from "iovalkey";
import { overServers } from "./harnesses/servers.ts";
import { register } from "./register.ts";

register(overServers("iovalkey", (port) => new Redis(port)));
