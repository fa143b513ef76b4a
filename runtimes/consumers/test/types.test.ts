import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { read } from "./programs.ts";
import { install } from "./services.ts";

const require = createRequire(import.meta.url);

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
export async function scoped(): Promise<number> {
  await using lock = await redsync.mutex("scoped").lock();
  return lock.remaining();
}
`;

/** Compiles the code as an ES module and as CommonJS, with every library's own types checked; throws with what tsc says. */
function compile(typescript: string, lib: readonly string[], types: readonly string[]): void {
  install("consumer.mts", code);
  install("consumer.cts", code);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    target: "es2022",
    module: "nodenext",
    lib,
    types,
  };
  install("tsconfig.json", JSON.stringify({ compilerOptions, files: ["consumer.mts", "consumer.cts"] }));
  const tsc = join(require.resolve(`${typescript}/package.json`), "../bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "."], { cwd: inject("folder"), encoding: "utf8" });
}

it.each([
  ["typescript-least", "DOM", ["es2022", "dom"], []],
  ["typescript-least", "the types of Node", ["es2022"], ["node"]],
  ["typescript-5", "the types of Node", ["es2022"], ["node"]],
  ["typescript", "DOM", ["es2022", "dom"], []],
  ["typescript", "WebWorker", ["es2022", "webworker"], []],
  ["typescript", "the types of Node", ["es2022"], ["node"]],
  ["typescript-7", "the types of Node", ["es2022"], ["node"]],
])("%s with %s and ES2022 reads the types, in ES modules and CommonJS", { timeout: 300_000 }, (...given) => {
  const [typescript, , lib, types] = given;
  compile(typescript, lib, types);
});

it("the READMEs state the least TypeScript that is tried here", () => {
  const { version } = require("typescript-least/package.json") as { version: string };
  const [least] = version.match(/^\d+\.\d+/) ?? [];
  for (const file of ["README.md", "packages/core/README.md"]) {
    const [, stated] = /TypeScript (\d+\.\d+)/.exec(read(file)) ?? [];
    expect(stated, file).toBe(least);
  }
});
