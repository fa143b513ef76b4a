import { type IoredisClient, type IoredisSubscriber, ioredisNode } from "@redsync/ioredis";
import type { Connected } from "./connected.ts";

interface Disconnectable {
  disconnect(): void;
}

/** A client of ioredis as a node; with another one that listens, if it is not to do so beside its other work. */
export function throughIoredis(
  client: IoredisClient & Disconnectable,
  subscriber?: IoredisSubscriber & Disconnectable,
): Connected {
  return {
    node: ioredisNode(client, subscriber && { subscriber }),
    close() {
      subscriber?.disconnect();
      client.disconnect();
    },
  };
}
