import { type NodeRedisSubscriber, nodeRedisNode } from "@redsync/node-redis";
import type { Connected } from "./connected.ts";

interface Connectable {
  on(event: "error", listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
}

type Client = Connectable & Parameters<typeof nodeRedisNode>[0];

/** A client of node-redis, whatever its kind, as a node; with another one that listens, if it is not to do so beside its other work. */
export async function throughNodeRedis(
  client: Client,
  subscriber?: Connectable & NodeRedisSubscriber,
): Promise<Connected> {
  const clients = subscriber ? [client, subscriber] : [client];
  for (const each of clients) {
    each.on("error", () => {});
    await each.connect();
  }
  return {
    node: nodeRedisNode(client, subscriber && { subscriber }),
    close() {
      for (const each of clients) each.destroy();
    },
  };
}
