import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import type { Open } from "../open.ts";

export const open: Open = (url, onError) => {
  const client = new Redis(url.href, {
    lazyConnect: true,
    // The timer that ends a socket runs on after the socket has ended, and keeps the process that long.
    disconnectTimeout: 200,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 500,
  });
  client.on("error", onError);
  return { node: ioredisNode(client), connect: () => client.connect(), close: () => client.disconnect() };
};
