import { createClient, createClientPool } from "redis";
import { createClient as createClient5, createClientPool as createClientPool5 } from "redis-5";
import { throughNodeRedis } from "../harnesses/node-redis.ts";
import { overServers } from "../harnesses/servers.ts";
import { register } from "../register.ts";

const lacks = { connections: "a pool opens connections as it needs them" };

register(
  overServers(
    "node-redis 6, a pool",
    ({ url }) => throughNodeRedis(createClientPool({ url }), createClient({ url })),
    lacks,
  ),
  "of one node",
);

register(
  overServers(
    "node-redis 5, a pool",
    ({ url }) => throughNodeRedis(createClientPool5({ url }), createClient5({ url })),
    lacks,
  ),
  "of one node",
);
