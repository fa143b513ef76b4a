import { overGivenServers } from "@redsync/conformance/given-servers";
import { nodeRedisNode } from "@redsync/node-redis";
import { createClient } from "redis";
import { register } from "./register.ts";
import { servers } from "./servers.ts";

register(
  overGivenServers(
    "node-redis 6",
    async (port) => {
      const client = createClient({ url: `redis://127.0.0.1:${port}` });
      client.on("error", () => {});
      await client.connect();
      return { node: nodeRedisNode(client), close: () => client.destroy() };
    },
    servers.nodeRedis,
  ),
);
