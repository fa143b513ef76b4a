import { upstash } from "./lacks.ts";
import { register } from "./register.ts";

register("upstash", upstash, "no nodejs_compat");
