import { createClient } from "redis-5";
import { throughNodeRedis } from "./harnesses/node-redis.ts";
import { overServers } from "./harnesses/servers.ts";
import { register } from "./register.ts";

register(
  overServers("node-redis 5", ({ url }) => {
    const client = createClient({ url });
    return throughNodeRedis(client, client.duplicate());
  }),
);
