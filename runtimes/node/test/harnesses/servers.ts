import { type RedisServer, startServers } from "@redsync/conformance/servers";
import type { Connected } from "./connected.ts";
import type { NodeHarness } from "./node-harness.ts";

// The observer's own connection, and those of its earlier looks that the server has not dropped yet, do not count.
async function connectionsOf(server: RedisServer): Promise<number> {
  const list = String(await server.command("CLIENT", "LIST"));
  return list.split("\n").filter((line) => line !== "" && !line.includes("cmd=client")).length;
}

/** Five independent servers, each with a client of its own and perhaps another one that listens, shared by all cases. */
export function overServers(
  name: string,
  connect: (server: RedisServer) => Connected | Promise<Connected>,
  lacks: NonNullable<NodeHarness["lacks"]> = {},
): NodeHarness {
  let servers: readonly RedisServer[] = [];
  let clients: readonly Connected[] = [];
  return {
    name,
    lacks,
    async start() {
      servers = await startServers(5);
      clients = await Promise.all(servers.map(connect));
    },
    async stop() {
      for (const client of clients) await client.close();
      await Promise.all(servers.map((server) => server.stop()));
    },
    async openNodes(count) {
      return {
        nodes: clients.slice(0, count).map(({ node }) => node),
        connections: (node) => connectionsOf(servers[node] as RedisServer),
        close: async () => {},
      };
    },
  };
}
