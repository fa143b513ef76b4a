import { bunNode } from "@redsync/bun";
import { overGivenServers } from "@redsync/conformance/given-servers";
import { ioredisNode } from "@redsync/ioredis";
import { nodeRedisNode } from "@redsync/node-redis";
import { upstashNode } from "@redsync/upstash";
import { overGivenDatabases } from "@redsync/upstash-server/given-databases";
import { RedisClient } from "bun";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { register } from "./register.ts";

register(
  overGivenServers("Bun's RedisClient", async (port) => {
    const client = new RedisClient(`redis://127.0.0.1:${port}`);
    await client.connect();
    const subscriber = await client.duplicate();
    const close = () => [client, subscriber].map((each) => each.close());
    return { node: bunNode(client, { subscriber }), close };
  }),
);

register(
  overGivenServers("ioredis 6", async (port) => {
    const client = new Redis(port, "127.0.0.1");
    return { node: ioredisNode(client), close: () => client.disconnect() };
  }),
);

register(
  overGivenServers("node-redis 6", async (port) => {
    const client = createClient({ url: `redis://127.0.0.1:${port}` });
    client.on("error", () => {});
    await client.connect();
    return { node: nodeRedisNode(client), close: () => client.destroy() };
  }),
);

register(overGivenDatabases("Upstash over HTTP", (database) => upstashNode(database, { listen: true })));
