import { memoryNode } from "@redsync/memory";
import { upstashNode } from "@redsync/upstash";
import { caseWorker } from "./case-worker.ts";

const close = async () => {};

// biome-ignore lint/style/noDefaultExport: what workerd looks for
export default caseWorker({
  memory: () => ({
    name: "memory",
    openNodes: async (count) => ({ nodes: Array.from({ length: count }, () => memoryNode()), close }),
  }),
  "Upstash over HTTP": ({ DATABASES }) => ({
    name: "Upstash over HTTP",
    openNodes: async (count) => {
      const nodes = DATABASES.slice(0, count).map((database) => upstashNode(database, { listen: true }));
      return { nodes, close };
    },
  }),
});
