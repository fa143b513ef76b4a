import type { Connected } from "./connected.ts";
import type { NodeHarness } from "./node-harness.ts";

/** A deployment of several servers that is one node, and a client that knows its way about it. */
export function overOneNode<Deployment extends { stop(): Promise<void> }>(
  name: string,
  deploy: () => Promise<Deployment>,
  connect: (deployment: Deployment) => Connected | Promise<Connected>,
  lacks: NonNullable<NodeHarness["lacks"]> = {},
): NodeHarness {
  let deployment: Deployment | undefined;
  let client: Connected | undefined;
  return {
    name,
    lacks: {
      connections: "its client decides how many connections it has to which server",
      ...lacks,
    },
    async start() {
      deployment = await deploy();
      client = await connect(deployment);
    },
    async stop() {
      await client?.close();
      await deployment?.stop();
    },
    async openNodes() {
      if (client === undefined) throw new Error("not started");
      return { nodes: [client.node], close: async () => {} };
    },
  };
}

/** Why the cases that empty the script cache are left out on a Cluster. */
export const noFlush = { flush: "SCRIPT FLUSH has no key, and reaches any one of the servers" };
