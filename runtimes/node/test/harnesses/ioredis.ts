import { type IoredisClient, type IoredisSubscriber, ioredisNode } from "@redsync/ioredis";
import type { Connected } from "./connected.ts";

interface Client extends IoredisClient, IoredisSubscriber {
  disconnect(): void;
  duplicate(): Client;
}

/** A client of ioredis, and another one that listens, as a node. */
export function throughIoredis(client: Client): Connected {
  const subscriber = client.duplicate();
  return {
    node: ioredisNode(client, { subscriber }),
    close() {
      subscriber.disconnect();
      client.disconnect();
    },
  };
}
