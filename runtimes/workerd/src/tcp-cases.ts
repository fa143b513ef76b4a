import { overGivenServers } from "@redsync/conformance/given-servers";
import { ioredisNode } from "@redsync/ioredis";
import { nodeRedisNode } from "@redsync/node-redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { caseWorker } from "./case-worker.ts";

// For every URL that is new to it, createClient() builds a class with the commands of all modules; duplicate() does not.
// Within a request, because outside of one a Worker may make nothing of what it needs.
let unconnected: ReturnType<typeof createClient> | undefined;

// A socket belongs to the request that opened it: each request has clients of its own.
// biome-ignore lint/style/noDefaultExport: what workerd looks for
export default caseWorker({
  "ioredis 6": () =>
    overGivenServers("ioredis 6", async (port) => {
      const client = new Redis(port, "127.0.0.1");
      return { node: ioredisNode(client), close: () => client.disconnect() };
    }),
  "node-redis 6": () =>
    overGivenServers("node-redis 6", async (port) => {
      unconnected ??= createClient();
      const client = unconnected.duplicate({ url: `redis://127.0.0.1:${port}` });
      client.on("error", () => {});
      await client.connect();
      return { node: nodeRedisNode(client), close: () => client.destroy() };
    }),
});
