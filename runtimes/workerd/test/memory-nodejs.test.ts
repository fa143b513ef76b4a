import { memory } from "./clients.ts";
import { register } from "./register.ts";

register(memory, "nodejs_compat");
