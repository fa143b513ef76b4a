import { cases, entriesFor, type Harness } from "@redsync/conformance";

/** Registers the cases for a harness, after the test that they run on Deno. */
export function register(harness: Harness & { close?(): Promise<void> }): void {
  // The cases of a harness share its connections: what one of them opens, another may use.
  const shared = { sanitizeOps: false, sanitizeResources: false };
  const test = (title: string, fn: () => void | Promise<void>, isSkipped = false) =>
    Deno.test({ name: `${harness.name} > ${title}`, fn, ignore: isSkipped, ...shared });

  test(`runs on Deno ${Deno.version.deno}`, () => {
    if (navigator.userAgent !== "Deno/2.9.6") throw new Error(`this is ${navigator.userAgent}`);
  });
  for (const { title, isSkipped, run } of entriesFor(harness, cases)) test(title, run, isSkipped);
  Deno.test.afterAll(() => harness.close?.());
}
