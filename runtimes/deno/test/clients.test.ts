import { overGivenServers } from "@redsync/conformance/given-servers";
import { ioredisNode } from "@redsync/ioredis";
import { nodeRedisNode } from "@redsync/node-redis";
import { upstashNode } from "@redsync/upstash";
import { overGivenDatabases } from "@redsync/upstash-server/given-databases";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { register } from "./register.ts";

register(
  overGivenServers("ioredis 6", async (port) => {
    const client = new Redis(port, "127.0.0.1");
    const subscriber = client.duplicate();
    const close = () => [client, subscriber].map((each) => each.disconnect());
    return { node: ioredisNode(client, { subscriber }), close };
  }),
);

register(
  overGivenServers("node-redis 6", async (port) => {
    const client = createClient({ url: `redis://127.0.0.1:${port}` });
    client.on("error", () => {});
    await client.connect();
    return { node: nodeRedisNode(client, { subscriber: client }), close: () => client.destroy() };
  }),
);

register(overGivenDatabases("Upstash over HTTP", upstashNode));
