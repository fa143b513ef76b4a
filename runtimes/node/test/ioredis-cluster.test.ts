import { casesOfOneNode } from "@redsync/conformance";
import { startCluster } from "@redsync/conformance/servers";
import { Cluster } from "ioredis";
import { overOneNode } from "./harnesses/one-node.ts";
import { register } from "./register.ts";

register(
  overOneNode(
    "ioredis 6, a Cluster of three primaries",
    async () => {
      const cluster = await startCluster();
      const client = new Cluster(cluster.servers.map(({ host, port }) => ({ host, port })));
      return { client, stop: () => cluster.stop() };
    },
    { flush: "SCRIPT FLUSH has no key, and reaches any one of the servers" },
  ),
  casesOfOneNode,
);
