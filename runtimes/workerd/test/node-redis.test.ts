import { nodeRedis } from "./clients.ts";
import { register } from "./register.ts";

register(nodeRedis, "nodejs_compat");
