import { ioredis } from "./clients.ts";
import { register } from "./register.ts";

register(ioredis, "nodejs_compat");
