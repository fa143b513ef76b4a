import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import type { Open } from "../clients.ts";

export const open: Open = (url, { patience, onError }) => {
  const client = new Redis(url.href, {
    lazyConnect: true,
    connectTimeout: patience,
    // The timer that ends a socket runs on where the socket has ended already, and keeps the process that long.
    disconnectTimeout: 200,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 500,
  });
  client.on("error", onError);
  return { node: ioredisNode(client), connect: () => client.connect(), close: () => client.disconnect() };
};
