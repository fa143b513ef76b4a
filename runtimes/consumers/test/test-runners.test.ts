import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, inject, it } from "vitest";
import { install, run } from "./services.ts";

const require = createRequire(import.meta.url);

/** A user's test, with a lock in memory, under the fake timers of the runner (`timers`). */
const body = (timers: string) => `
test("a lock ends with its expiry, and whoever waits gets the name", async () => {
  ${timers}.useFakeTimers();
  const mutex = new Redsync(memoryNode()).mutex("job", { expiry: 1_000 });
  const lock = await mutex.lock();
  const waiting = mutex.lock();
  expect(await mutex.tryLock()).toBe(null);
  expect(lock.signal.aborted).toBe(false);
  await ${timers}.advanceTimersByTimeAsync(1_000);
  expect(lock.signal.aborted).toBe(true);
  expect(await (await waiting).unlock()).toBe("released");
  ${timers}.useRealTimers();
});
`;

const ours = `
import { Redsync } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
`;

const jest = (file: string, ...flags: string[]) => {
  const config = { rootDir: inject("folder"), testMatch: [file], transform: {}, injectGlobals: true };
  const binary = join(dirname(require.resolve("jest/package.json")), "bin/jest.js");
  return run(process.execPath, [...flags, binary, "--config", JSON.stringify(config)], {});
};

it("Jest runs a test with CommonJS and fake timers", async () => {
  const required = ours.replaceAll(/^import (\{.*\}) from (".*");$/gm, "const $1 = require($2);");
  expect(await jest(install("jest.test.cjs", required + body("jest")))).toContain("1 passed, 1 total");
});

it("Jest runs a test with ES modules and fake timers", async () => {
  const imports = `import { jest } from "@jest/globals";\n${ours}`;
  const file = install("jest.test.mjs", imports + body("jest"));
  expect(await jest(file, "--experimental-vm-modules")).toContain("1 passed, 1 total");
});

it("Vitest runs a test with fake timers", async () => {
  const imports = `import { expect, test, vi } from "vitest";\n${ours}`;
  const file = install("user.test.ts", imports + body("vi"));
  const binary = join(dirname(require.resolve("vitest/package.json")), "vitest.mjs");
  const said = await run(process.execPath, [binary, "run", "--root", inject("folder"), file], {
    NO_COLOR: "1",
  });
  expect(said).toMatch(/Tests +1 passed/);
});
