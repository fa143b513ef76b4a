import { createClient } from "redis-5";
import { register } from "#register";
import { throughNodeRedis } from "../harnesses/node-redis.ts";
import { overServers } from "../harnesses/servers.ts";

register(
  overServers("node-redis 5", ({ url }) => {
    const client = createClient({ url });
    return throughNodeRedis(client, client.duplicate());
  }),
);
