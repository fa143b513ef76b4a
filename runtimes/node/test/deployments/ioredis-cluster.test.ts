import { startCluster } from "@redsync/conformance/servers";
import { Cluster } from "ioredis";
import { throughIoredis } from "../harnesses/ioredis.ts";
import { noFlush, overOneNode } from "../harnesses/one-node.ts";
import { register } from "../register.ts";

register(
  overOneNode(
    "ioredis 6, a Cluster of three primaries",
    startCluster,
    ({ servers }) => throughIoredis(new Cluster(servers.map(({ host, port }) => ({ host, port })))),
    noFlush,
  ),
  "of one node",
);
