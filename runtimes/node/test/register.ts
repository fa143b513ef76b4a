import { groupOf, type Scope } from "@redsync/conformance";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { NodeHarness } from "./harnesses/node-harness.ts";
import { node } from "./runtime.ts";

/** Registers the cases for a harness, after the test that they run on this Node. */
export function register(harness: NodeHarness, scope: Scope = "all"): void {
  const { title, tests } = groupOf(harness, node, { scope });
  describe(title, () => {
    beforeAll(() => harness.start());
    afterAll(() => harness.stop());
    for (const { title, isSkipped, isConcurrent, run } of tests) {
      it(title, { skip: isSkipped, concurrent: isConcurrent }, () => run());
    }
  });
}
