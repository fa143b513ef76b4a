import { nodeRedisNode } from "@redsync/node-redis";
import { createClient } from "redis";
import type { Open } from "../clients.ts";

export const open: Open = (url, { patience, onError }) => {
  const client = createClient({
    url: url.href,
    socket: { connectTimeout: patience, reconnectStrategy: () => 500 },
    disableOfflineQueue: true,
  });
  client.on("error", onError);
  return { node: nodeRedisNode(client), connect: () => client.connect(), close: () => client.destroy() };
};
