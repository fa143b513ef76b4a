import { upstash } from "./clients.ts";
import { register } from "./register.ts";

register(upstash, "no nodejs_compat");
