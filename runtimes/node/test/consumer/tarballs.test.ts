import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { startUpstash, type UpstashServer } from "@redsync/upstash-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programs } from "./snippets.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const packages = ["core", "ioredis", "memory", "node-redis", "upstash", "valkey-glide"];
const clients = ["ioredis@6.0.0", "redis@6.3.1", "@valkey/valkey-glide@2.5.2"];

let folder: string;
let server: RedisServer;
let rest: UpstashServer;

/** A folder outside the repository, into which the packed packages and the clients are installed as users do. */
beforeAll(async () => {
  server = await startServer();
  rest = await startUpstash({ redis: server });
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
  await rest?.stop();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

// Not in one blocking call: the REST server lives in this process.
async function run(file: string, code: string): Promise<string> {
  writeFileSync(join(folder, file), code);
  const env = {
    ...process.env,
    REDIS_URL: server.url,
    UPSTASH_REDIS_REST_URL: rest.url,
    UPSTASH_REDIS_REST_TOKEN: rest.token,
  };
  const options = { cwd: folder, env, timeout: 20_000 };
  return (await promisify(execFile)(process.execPath, [file], options)).stdout;
}

function asCommonJs(code: string): string {
  const required = code.replaceAll(/^import (\{.*\}) from (".*");$/gm, "const $1 = require($2);");
  return `(async () => {\n${required}\n})();\n`;
}

describe.each(programs)("the program at $where", ({ code }) => {
  it("runs as an ES module", async () => expect(await run("program.mjs", code)).toContain("released"));
  it("runs as CommonJS", async () =>
    expect(await run("program.cjs", asCommonJs(code))).toContain("released"));
});

it("the READMEs have programs", () => expect(programs).toHaveLength(packages.length));

it("a strict consumer with an older library reads the types, in ES modules and CommonJS", {
  timeout: 60_000,
}, () => {
  const code = `
import { type Lock, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { memoryNode } from "@redsync/memory";
import { upstashNode } from "@redsync/upstash";
const database = { url: "https://name.upstash.io", token: "token" };
const nodes = [memoryNode(), ioredisNode({ call: async () => null }), upstashNode(database)];
export const redsync: Redsync = new Redsync(nodes);
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

it("ESM and CommonJS copies of core recognise each other's errors", async () => {
  const code = `
import { createRequire } from "node:module";
import { isRedsyncError, LockFailedError, Redsync } from "@redsync/core";
const other = createRequire(import.meta.url)("@redsync/core");
const down = { send: async () => { throw new Error("down"); } };
const error = await new other.Redsync(down).mutex("x", { tries: 1 }).lock().catch((error) => error);
console.log(isRedsyncError(error), error instanceof LockFailedError, error.code, Redsync !== other.Redsync);
`;
  expect(await run("copies.mjs", code)).toBe("true false REDSYNC_LOCK_FAILED true\n");
});
