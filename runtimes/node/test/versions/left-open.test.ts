import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { afterAll, beforeAll, expect, it } from "vitest";

let server: RedisServer | undefined;
let folder: string;
beforeAll(async () => {
  [server] = await startServers(1);
  folder = await mkdtemp(join(tmpdir(), "left-open-"));
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const pathTo = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Runs the file as the suite of that version runs its own; resolves to its exit status, or the signal that ended it. */
async function runOn(version: string, report: string): Promise<number | string> {
  const cwd = pathTo(`../../../node-${version}`);
  const args = ["--import", "tsx", pathTo("run.ts"), pathTo("left-open.ts"), `--reporter-outfile=${report}`];
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const env = { ...inherited, REDIS_HOST: server?.host, REDIS_PORT: String(server?.port) };
  const binary = join(cwd, "node_modules/node/bin/node");
  const child = spawn(binary, args, { cwd, env, stdio: "ignore", detached: true });
  // The process that the client would keep alive is a child of this one.
  const limit = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), 100_000);
  const [status, signal] = await once(child, "exit");
  clearTimeout(limit);
  return signal ?? status;
}

it.each(["20", "22", "26"])(
  "the suite of Node %s ends, fails and has its report if a native client is left open",
  async (version) => {
    const report = join(folder, `${version}.xml`);
    expect(await runOn(version, report)).toBe(1);
    const text = await readFile(report, "utf8");
    expect(text).toMatch(/<testcase name="answers"[^>]*\/>/);
    expect(text).toMatch(/<testcase name="waits for ever"[^>]*>\s*<failure/);
    expect(text).toContain("</testsuites>");
  },
);
