import { type NodeRedisSubscriber, nodeRedisNode } from "@redsync/node-redis";
import type { Connected } from "./connected.ts";

interface Connectable {
  on(event: "error", listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
}

type Client = Connectable & Parameters<typeof nodeRedisNode>[0];

/** A client of node-redis, whatever its kind, and what listens, which may be the same, as a node. */
export async function throughNodeRedis(
  client: Client,
  subscriber: Connectable & NodeRedisSubscriber,
): Promise<Connected> {
  const clients = new Set<Connectable>([client, subscriber]);
  for (const each of clients) {
    each.on("error", () => {});
    await each.connect();
  }
  return {
    node: nodeRedisNode(client, { subscriber }),
    close() {
      for (const each of clients) each.destroy();
    },
  };
}

/** A client of node-redis that listens beside its other work, as a node. */
export const alone = <T extends Client & NodeRedisSubscriber>(client: T): Promise<Connected> =>
  throughNodeRedis(client, client);
