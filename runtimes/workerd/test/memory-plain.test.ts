import { memory } from "./lacks.ts";
import { register } from "./register.ts";

register("memory", memory, "no nodejs_compat");
