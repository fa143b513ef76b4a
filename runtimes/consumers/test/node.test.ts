import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, it } from "vitest";
import { programs } from "./programs.ts";
import { asCommonJs, install, run, startServices } from "./services.ts";

const services = await startServices();
const node = (file: string, code: string) => run(process.execPath, [install(file, code)], services);

describe.each(programs("esm"))("on Node, the program at $where", ({ code }) => {
  it("runs as an ES module", async () => expect(await node("node.mjs", code)).toContain("released"));
  it("runs as CommonJS", async () => expect(await node("node.cjs", asCommonJs(code))).toContain("released"));
});

it("every published package has a program, and the first README", () => {
  const shown = [...programs("esm"), ...programs("bun")].map(({ code }) => code).join();
  for (const name of inject("packages")) expect(shown).toContain(`from "${name}";`);
  expect(programs("esm").map(({ where }) => where)).toContainEqual(expect.stringMatching(/^README/));
});

it("a strict consumer with an older library reads the types, in ES modules and CommonJS", {
  timeout: 60_000,
}, () => {
  const code = `
import { type Lock, Redsync } from "@redsync/core";
import { bunNode } from "@redsync/bun";
import { ioredisNode } from "@redsync/ioredis";
import { memoryNode } from "@redsync/memory";
import { nodeRedisNode } from "@redsync/node-redis";
import { upstashNode } from "@redsync/upstash";
import { glideNode } from "@redsync/valkey-glide";
const database = { url: "https://name.upstash.io", token: "token" };
export const redsync: Redsync = new Redsync([memoryNode(), upstashNode(database)]);
export const others = [bunNode, glideNode, ioredisNode, nodeRedisNode];
export const unlock = (lock: Lock): Promise<"released" | "expired" | "taken"> => lock.unlock();
`;
  install("consumer.mts", code);
  install("consumer.cts", code);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    target: "es2022",
    lib: ["es2022", "dom"],
    module: "nodenext",
    types: [],
  };
  install("tsconfig.json", JSON.stringify({ compilerOptions, files: ["consumer.mts", "consumer.cts"] }));
  const tsc = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
  execFileSync(process.execPath, [tsc, "-p", "."], { cwd: inject("folder"), encoding: "utf8" });
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
