import { after, before, describe, it } from "node:test";
import { groupOf } from "@redsync/conformance";
import type { NodeHarness } from "../harnesses/node-harness.ts";
import { node } from "../runtime.ts";

/** Registers the happy paths for a harness, after the test that they run on this Node, which vitest may not know any more. */
export function register(harness: NodeHarness): void {
  const { title, entries } = groupOf(harness, node, { scope: "happy paths" });
  describe(title, () => {
    before(() => harness.start());
    after(() => harness.stop());
    for (const { title, isSkipped, run } of entries) it(title, { skip: isSkipped }, run);
  });
}
