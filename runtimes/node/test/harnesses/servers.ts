import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { ioredisNode } from "@redsync/ioredis";
import type { NodeHarness } from "../register.ts";

/** What the harness uses of a client, beside what the adapter does. */
export type Client = Parameters<typeof ioredisNode>[0] &
  NonNullable<NonNullable<Parameters<typeof ioredisNode>[1]>["subscriber"]> & {
    disconnect(): void;
    duplicate(): Client;
  };

// The observer's own connection, and those of its earlier looks that the server has not dropped yet, do not count.
async function connectionsOf(server: RedisServer): Promise<number> {
  const list = String(await server.command("CLIENT", "LIST"));
  return list.split("\n").filter((line) => line !== "" && !line.includes("cmd=client")).length;
}

/** Five independent servers, each with a client of its own and another one that listens, shared by all cases. */
export function overServers(name: string, connect: (port: number) => Client): NodeHarness {
  let servers: readonly RedisServer[] = [];
  let clients: readonly Client[] = [];
  let subscribers: readonly Client[] = [];
  return {
    name,
    async start() {
      servers = await startServers(5);
      clients = servers.map(({ port }) => connect(port));
      subscribers = clients.map((client) => client.duplicate());
    },
    async stop() {
      for (const client of [...clients, ...subscribers]) client.disconnect();
      await Promise.all(servers.map((server) => server.stop()));
    },
    async openNodes(count) {
      const nodes = clients.slice(0, count).map((client, index) => {
        const subscriber = subscribers[index] as Client;
        return ioredisNode(client, { subscriber });
      });
      return {
        nodes,
        connections: (node) => connectionsOf(servers[node] as RedisServer),
        close: async () => {},
      };
    },
  };
}
