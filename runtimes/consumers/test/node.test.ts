import { command } from "@redsync/conformance/servers";
import { describe, expect, inject, it } from "vitest";
import { programs, runsOnce, success } from "./programs.ts";
import { asCommonJs, install, run, startServices } from "./services.ts";

const services = await startServices();
const redis = (...words: string[]) => command(Number(new URL(services.REDIS_URL).port), ...words);
const node = (file: string, code: string) => run(process.execPath, [install(file, code)], services);

describe.each(programs("esm"))("on Node, the program at $where", ({ code }) => {
  it("runs as an ES module", async () => expect(await node("node.mjs", code)).toMatch(success({ code })));
  it("runs as CommonJS", async () =>
    expect(await node("node.cjs", asCommonJs(code))).toMatch(success({ code })));
});

const withClient = [...programs("esm"), ...programs("bun")].filter(({ code }) => code.includes("REDIS_URL"));
it.each(withClient)("the program at $where connects its client before it makes a lock", ({ code }) => {
  const [before = ""] = code.split("new Redsync");
  expect(before).toMatch(/await \w+\.(connect|createClient)\(/);
});

const jobs = programs("esm").filter(runsOnce);
it("four adapters show a job that runs once", () => expect(jobs).toHaveLength(4));

it.each(jobs)("three machines start the program at $where, and the job runs once", async ({ code }) => {
  await redis("FLUSHALL");
  const job = install("job.mjs", code);
  const said = [await run(process.execPath, [job], services)];
  // One after another, and at once.
  said.push(...(await Promise.all([1, 2].map(() => run(process.execPath, [job], services)))));
  const hours = (await redis("KEYS", "nightly-report:*")) as string[];
  // Two where the clock came to the half hour in the middle of this.
  expect([1, 2]).toContain(hours.length);
  expect(said.filter((text) => text.includes("writes the report"))).toHaveLength(hours.length);
});

it("every published package has a program, and the first README", () => {
  const shown = [...programs("esm"), ...programs("bun")].map(({ code }) => code).join();
  for (const name of inject("packages")) expect(shown).toContain(`from "${name}";`);
  expect(programs("esm").map(({ where }) => where)).toContainEqual(expect.stringMatching(/^README/));
});

it("ESM and CommonJS copies of core recognise each other's errors", async () => {
  const code = `
import { createRequire } from "node:module";
import { isRedsyncError, LockFailedError, Redsync } from "@redsync/core";
const other = createRequire(import.meta.url)("@redsync/core");
const down = { send: async () => { throw new Error("down"); } };
const error = await new other.Redsync(down).mutex("x", { tries: 1 }).lock().catch((error) => error);
console.log(isRedsyncError(error), error instanceof LockFailedError, error.code, Redsync !== other.Redsync);
`;
  expect(await node("copies.mjs", code)).toBe("true false REDSYNC_LOCK_FAILED true\n");
});
