import { type RedisServer, startServers } from "@redsync/conformance/servers";
import type { RedisNode } from "@redsync/core";
import { startUpstash, type UpstashServer } from "@redsync/upstash-server";
import type { NodeHarness } from "./node-harness.ts";

/** Five independent servers behind Upstash's REST protocol, shared by all cases. */
export function overHttp(name: string, nodeOf: (server: UpstashServer) => RedisNode): NodeHarness {
  let servers: readonly RedisServer[] = [];
  let rests: readonly UpstashServer[] = [];
  return {
    name,
    lacks: {
      blocking: "Upstash has no command that blocks",
      connections: "fetch decides how many connections it has",
    },
    async start() {
      servers = await startServers(5);
      rests = await Promise.all(servers.map((redis) => startUpstash({ redis })));
    },
    async stop() {
      await Promise.all(rests.map((rest) => rest.stop()));
      await Promise.all(servers.map((server) => server.stop()));
    },
    openNodes: async (count) => ({ nodes: rests.slice(0, count).map(nodeOf), close: async () => {} }),
  };
}
