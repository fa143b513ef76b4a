import { env } from "cloudflare:workers";
import { Redsync } from "@redsync/core";
import { upstashNode } from "@redsync/upstash";
import { defaults, requestWorker } from "./request-worker.ts";

// At module level, as an author of Workers would: made before the first request, and shared by all of them.
const redsync = new Redsync(
  env.DATABASES.slice(1).map((database) => upstashNode(database)),
  defaults,
);

// biome-ignore lint/style/noDefaultExport: what workerd looks for
export default requestWorker(() => ({ redsync }));
