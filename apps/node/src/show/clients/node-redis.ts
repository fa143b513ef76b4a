import { nodeRedisNode } from "@redsync/node-redis";
import { createClient } from "redis";
import type { Open } from "../open.ts";

export const open: Open = (url, onError) => {
  const socket = { reconnectStrategy: () => 500 };
  const client = createClient({ url: url.href, socket, disableOfflineQueue: true });
  client.on("error", onError);
  return { node: nodeRedisNode(client), connect: () => client.connect(), close: () => client.destroy() };
};
