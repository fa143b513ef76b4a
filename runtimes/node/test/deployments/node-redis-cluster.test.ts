import { type RedisCluster, startCluster } from "@redsync/conformance/servers";
import { createCluster } from "redis";
import { createCluster as createCluster5 } from "redis-5";
import { throughNodeRedis } from "../harnesses/node-redis.ts";
import { noFlush, overOneNode } from "../harnesses/one-node.ts";
import { register } from "../register.ts";

const options = ({ servers }: RedisCluster) => ({ rootNodes: servers.map(({ url }) => ({ url })) });

const versions = {
  "node-redis 6": (cluster: RedisCluster) => throughNodeRedis(createCluster(options(cluster))),
  "node-redis 5": (cluster: RedisCluster) => throughNodeRedis(createCluster5(options(cluster))),
};

for (const [version, connect] of Object.entries(versions)) {
  register(
    overOneNode(`${version}, a Cluster of three primaries`, startCluster, connect, noFlush),
    "of one node",
  );
}
