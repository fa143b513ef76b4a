import { env } from "cloudflare:workers";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { defaults, requestWorker } from "./request-worker.ts";

const ports = env.REDIS_PORTS.split(",").slice(1).map(Number);

// biome-ignore lint/style/noDefaultExport: what workerd looks for
export default requestWorker(() => {
  const clients = ports.map((port) => new Redis(port, "127.0.0.1"));
  const close = () => {
    for (const client of clients) client.disconnect();
  };
  return {
    redsync: new Redsync(
      clients.map((client) => ioredisNode(client)),
      defaults,
    ),
    close,
  };
});
