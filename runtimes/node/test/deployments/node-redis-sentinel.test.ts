import { type SentinelGroup, startSentinel } from "@redsync/conformance/servers";
import { createSentinel } from "redis";
import { createSentinel as createSentinel5 } from "redis-5";
import { throughNodeRedis } from "../harnesses/node-redis.ts";
import { overOneNode } from "../harnesses/one-node.ts";
import { register } from "../register.ts";

const options = ({ name, sentinels }: SentinelGroup) => ({
  name,
  sentinelRootNodes: sentinels.map(({ host, port }) => ({ host, port })),
});

const versions = {
  "node-redis 6": (group: SentinelGroup) => throughNodeRedis(createSentinel(options(group))),
  "node-redis 5": (group: SentinelGroup) => throughNodeRedis(createSentinel5(options(group))),
};

for (const [version, connect] of Object.entries(versions)) {
  register(overOneNode(`${version}, behind Sentinel`, startSentinel, connect), "of one node");
}
