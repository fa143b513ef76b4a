import { groupOf, type Harness, type Runtime } from "@redsync/conformance";
import workspace from "../../../package.json" with { type: "json" };

const version = workspace.devDependencies.deno;

const deno: Runtime = {
  name: `Deno ${version}`,
  prove() {
    if (navigator.userAgent !== `Deno/${version}`) throw new Error(`this is ${navigator.userAgent}`);
  },
};

/** Registers the cases for a harness, after the test that they run on Deno. */
export function register(harness: Harness & { close?(): Promise<void> }): void {
  const { title: group, tests } = groupOf(harness, deno);
  // The cases of a harness share its connections: what one of them opens, another may use.
  const shared = { sanitizeOps: false, sanitizeResources: false };
  for (const { title, isSkipped, run } of tests) {
    Deno.test({ name: `${group} > ${title}`, fn: run, ignore: isSkipped, ...shared });
  }
  Deno.test.afterAll(() => harness.close?.());
}
