import { upstashNode } from "@redsync/upstash";
import { register } from "#register";
import { overHttp } from "../harnesses/upstash.ts";

register(overHttp("Upstash over HTTP", (database) => upstashNode(database, { listen: true })));
