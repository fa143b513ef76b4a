import type { RedisNode } from "@redsync/core";
import type { Capability, Case, Opened } from "../harness.ts";

/** A case about a single node and its contract. The key is the case's own, and is removed at the end. */
export function nodeCase(
  title: string,
  play: (node: RedisNode, key: string, opened: Opened) => Promise<void>,
  needs: readonly Capability[] = [],
): Case {
  return {
    title: `a node ${title}`,
    needs,
    async run(harness) {
      const opened = await harness.openNodes(1);
      const node = opened.nodes[0] as RedisNode;
      const key = `conformance:${crypto.randomUUID()}`;
      try {
        await play(node, key, opened);
      } finally {
        await node.send(["DEL", key], { key });
        await opened.close();
      }
    },
  };
}
