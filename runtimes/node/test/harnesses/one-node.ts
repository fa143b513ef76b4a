import { ioredisNode } from "@redsync/ioredis";
import type { NodeHarness } from "../register.ts";
import type { Client } from "./servers.ts";

/** A deployment of several servers that is one node, and a client that knows its way about it. */
export function overOneNode(
  name: string,
  deploy: () => Promise<{ readonly client: Client; stop(): Promise<void> }>,
  lacks: NodeHarness["lacks"] = {},
): NodeHarness {
  let deployment: { readonly client: Client; stop(): Promise<void> } | undefined;
  let subscriber: Client | undefined;
  return {
    name,
    lacks: {
      connections: "its client decides how many connections it has to which server",
      ...lacks,
    },
    async start() {
      deployment = await deploy();
      subscriber = deployment.client.duplicate();
    },
    async stop() {
      subscriber?.disconnect();
      deployment?.client.disconnect();
      await deployment?.stop();
    },
    async openNodes() {
      if (deployment === undefined || subscriber === undefined) throw new Error("not started");
      return { nodes: [ioredisNode(deployment.client, { subscriber })], close: async () => {} };
    },
  };
}
