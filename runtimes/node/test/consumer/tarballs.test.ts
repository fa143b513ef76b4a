import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programs } from "./snippets.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const packages = ["core", "ioredis", "memory", "node-redis", "valkey-glide"];
const clients = ["ioredis@6.0.0", "redis@6.3.1", "@valkey/valkey-glide@2.5.2"];

let folder: string;
let server: RedisServer;

/** A folder outside the repository, into which the packed packages and the clients are installed as users do. */
beforeAll(async () => {
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), "redsync-consumer-"));
  for (const name of packages) {
    execFileSync("pnpm", ["--filter", `@redsync/${name}`, "pack", "--pack-destination", folder], {
      cwd: root,
    });
  }
  const tarballs = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  expect(tarballs).toHaveLength(packages.length);
  writeFileSync(join(folder, "package.json"), "{}");
  const install = ["install", "--no-audit", "--no-fund", ...tarballs.map((file) => `./${file}`), ...clients];
  execFileSync("npm", install, { cwd: folder, stdio: "pipe" });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function run(file: string, code: string): string {
  writeFileSync(join(folder, file), code);
  const env = { ...process.env, REDIS_URL: server.url };
  return execFileSync(process.execPath, [file], { cwd: folder, env, encoding: "utf8", timeout: 20_000 });
}

function asCommonJs(code: string): string {
  const required = code.replaceAll(/^import (\{.*\}) from (".*");$/gm, "const $1 = require($2);");
  return `(async () => {\n${required}\n})();\n`;
}

describe.each(programs)("the program at $where", ({ code }) => {
  it("runs as an ES module", () => expect(run("program.mjs", code)).toContain("released"));
  it("runs as CommonJS", () => expect(run("program.cjs", asCommonJs(code))).toContain("released"));
});

it("the READMEs have programs", () => expect(programs).toHaveLength(packages.length));

it("a strict consumer with an older library reads the types, in ES modules and CommonJS", {
  timeout: 60_000,
}, () => {
  const code = `
import { type Lock, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { memoryNode } from "@redsync/memory";
export const redsync: Redsync = new Redsync([memoryNode(), ioredisNode({ call: async () => null })]);
export const unlock = (lock: Lock): Promise<"released" | "expired" | "taken"> => lock.unlock();
`;
  writeFileSync(join(folder, "consumer.mts"), code);
  writeFileSync(join(folder, "consumer.cts"), code);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    target: "es2022",
    lib: ["es2022", "dom"],
    module: "nodenext",
    types: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "."], { cwd: folder, encoding: "utf8" });
});

it("ESM and CommonJS copies of core recognise each other's errors", () => {
  const code = `
import { createRequire } from "node:module";
import { isRedsyncError, LockFailedError, Redsync } from "@redsync/core";
const other = createRequire(import.meta.url)("@redsync/core");
const down = { send: async () => { throw new Error("down"); } };
const error = await new other.Redsync(down).mutex("x", { tries: 1 }).lock().catch((error) => error);
console.log(isRedsyncError(error), error instanceof LockFailedError, error.code, Redsync !== other.Redsync);
`;
  expect(run("copies.mjs", code)).toBe("true false REDSYNC_LOCK_FAILED true\n");
});
