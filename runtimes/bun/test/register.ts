import { afterAll, describe, it } from "bun:test";
import { groupOf, type Harness, type Runtime } from "@redsync/conformance";
import { devDependencies } from "../../../package.json";

const bun: Runtime = {
  name: `Bun ${devDependencies.bun}`,
  prove() {
    // A program that is named without its folder may run on Node after all.
    const { userAgent } = navigator;
    if (userAgent !== `Bun/${devDependencies.bun}` || process.versions.bun !== devDependencies.bun) {
      throw new Error(`this is ${userAgent}`);
    }
  },
};

/** Registers the cases for a harness, after the test that they run on Bun. */
export function register(harness: Harness & { close?(): Promise<void> }): void {
  const { title, tests } = groupOf(harness, bun);
  describe(title, () => {
    afterAll(() => harness.close?.());
    for (const { title, isSkipped, isConcurrent, run } of tests) {
      const register = isSkipped ? it.skip : isConcurrent ? it.concurrent : it;
      register(title, run);
    }
  });
}
