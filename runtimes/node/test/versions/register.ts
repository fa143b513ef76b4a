import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { abreast, groupOf, type PlannedTest } from "@redsync/conformance";
import type { NodeHarness } from "../harnesses/node-harness.ts";
import { node } from "../runtime.ts";

/** Registers the cases without faults for a harness, after the test that they run on this Node, which vitest may not know any more. */
export function register(harness: NodeHarness): void {
  const { title, tests } = groupOf(harness, node, { scope: "without faults" });
  // The runner's concurrency belongs to a suite: one for each run of tests that are alike in this.
  const parts = tests.reduce<PlannedTest[][]>((parts, entry) => {
    const last = parts.at(-1);
    if (last?.[0]?.isConcurrent === entry.isConcurrent) last.push(entry);
    else parts.push([entry]);
    return parts;
  }, []);
  describe("a client", () => {
    before(() => harness.start());
    after(() => harness.stop());
    after(written);
    for (const part of parts) {
      describe(title, { concurrency: part[0]?.isConcurrent ? abreast : 1 }, () => {
        for (const { title, isSkipped, run } of part) it(title, { skip: isSkipped }, () => run());
      });
    }
  });
}

/** Resolves when what is reported so far has left: at the end this process exits whatever is still to be written. */
async function written(): Promise<void> {
  do await sleep(100);
  while (process.stdout.writableLength > 0);
}
