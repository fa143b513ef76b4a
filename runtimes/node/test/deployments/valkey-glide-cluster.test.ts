import { startCluster } from "@redsync/conformance/servers";
import { GlideClusterClient } from "@valkey/valkey-glide";
import { noFlush, overOneNode } from "../harnesses/one-node.ts";
import { patience, throughGlide } from "../harnesses/valkey-glide.ts";
import { register } from "../register.ts";

register(
  overOneNode(
    "Valkey GLIDE 2, a Cluster of three primaries",
    startCluster,
    async ({ servers }) => {
      const addresses = servers.map(({ host, port }) => ({ host, port }));
      return throughGlide(await GlideClusterClient.createClient({ addresses, ...patience }));
    },
    noFlush,
  ),
  "of one node",
);
