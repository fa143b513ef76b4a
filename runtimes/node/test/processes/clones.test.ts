import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CloneReport } from "./cloned.ts";
import { until } from "./house.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const current: [version: string, node: string] = [process.version, process.execPath];
const others = ["20", "22", "26"].map((version): [string, string] => [
  version,
  path(`../../../node-${version}/node_modules/node/bin/node`),
]);

const MINUTE_MS = 60_000;

describe("processes that are cloned from one image", () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "redsync-clones-"));
    const packages = ["@redsync/core", "@redsync/memory"];
    await build({
      entryPoints: [path("cloned.ts")],
      outfile: join(home, "cloned.js"),
      // An image is made of one file.
      bundle: true,
      platform: "node",
      format: "iife",
      alias: Object.fromEntries(packages.map((name) => [name, require.resolve(name)])),
    });
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  /** Makes an image that holds one lock; resolves to what makes clones of it. */
  async function image(node: string, env: NodeJS.ProcessEnv): Promise<() => Promise<CloneReport>> {
    const blob = join(home, `${crypto.randomUUID()}.blob`);
    await run(node, ["--snapshot-blob", blob, "--build-snapshot", join(home, "cloned.js")], { env });
    return async () => JSON.parse((await run(node, ["--snapshot-blob", blob])).stdout);
  }

  it.each([current, ...others])(
    "take locks of different values each, though the image had drawn randomness ahead (Node %s)",
    async (_, node) => {
      const clone = await image(node, { EXPIRY: `${MINUTE_MS}` });
      const reports = [await clone(), await clone(), await clone()];
      expect(new Set(reports.flatMap(({ own }) => own)).size).toBe(6);
    },
  );

  it("take locks of the same values where their wall clock stands at the image's time: no library can tell", async () => {
    const clone = await image(process.execPath, { EXPIRY: `${MINUTE_MS}`, CLOCK: "stands still" });
    const reports = [await clone(), await clone()];
    expect(new Set(reports.flatMap(({ own }) => own)).size).toBe(2);
  });

  it("all hold the lock that the image held, until its end by the wall clock and not after", async () => {
    const held = await image(process.execPath, { EXPIRY: `${MINUTE_MS}` });
    const [one, other] = [(await held()).held, (await held()).held];
    expect(one.value).toBe(other.value);
    expect(Math.min(one.remaining, other.remaining)).toBeGreaterThan(0);
    const expired = await image(process.execPath, { EXPIRY: "200" });
    const { held: ended } = await expired();
    await until(() => Date.now() > ended.until);
    expect((await expired()).held.remaining).toBe(0);
  });
});
