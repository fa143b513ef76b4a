import { upstashNode } from "@redsync/upstash";
import { overHttp } from "./harnesses/upstash.ts";
import { register } from "./register.ts";

register(overHttp("Upstash over HTTP", upstashNode));
