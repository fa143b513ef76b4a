import { afterAll, describe, expect, it } from "bun:test";
import { cases, entriesFor, type Harness } from "@redsync/conformance";

/** Registers the cases for a harness, after the test that they run on Bun. */
export function register(harness: Harness & { close?(): Promise<void> }): void {
  describe(harness.name, () => {
    afterAll(() => harness.close?.());

    it(`runs on Bun ${Bun.version}`, () => {
      // A program that is named without its folder may run on Node after all.
      expect(process.versions.bun).toBe("1.4.5");
      expect(navigator.userAgent).toBe("Bun/1.4.5");
    });

    for (const { title, isSkipped, run } of entriesFor(harness, cases))
      (isSkipped ? it.skip : it)(title, run);
  });
}
