import { cases as all, type Case, entriesFor, type Harness } from "@redsync/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** A harness with what it needs around all of its cases. */
export interface NodeHarness extends Harness {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Registers the cases for a harness, after the test that they run on Node. */
export function register(harness: NodeHarness, cases: readonly Case[] = all): void {
  describe(harness.name, () => {
    beforeAll(() => harness.start());
    afterAll(() => harness.stop());

    it(`runs on Node ${process.versions.node}`, () => {
      expect(process.release.name).toBe("node");
      // Bun and Deno call themselves Node where they can.
      expect(process.versions).not.toHaveProperty("bun");
      expect(process.versions).not.toHaveProperty("deno");
    });

    for (const { title, isSkipped, run } of entriesFor(harness, cases))
      (isSkipped ? it.skip : it)(title, run);
  });
}
