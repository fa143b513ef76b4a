import { memory } from "./lacks.ts";
import { register } from "./register.ts";

register("memory", memory, "nodejs_compat");
