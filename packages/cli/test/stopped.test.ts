import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { guarded, isAlive, killAll, ONCE_GUARDED, type Running, start } from "./redsync.ts";

// Nothing runs in a process that is stopped: the command goes on alone, and somebody else gets the lock.

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.command("FLUSHALL"));
afterEach(killAll);

/** Runs a script under a short lock, and stops `redsync run` itself until somebody else has taken the name. */
async function stopped(script: string): Promise<Running & { readonly pid: number }> {
  const words = ["run", "job", "--expiry", "600ms", "--", "sh", "-c", ONCE_GUARDED + script];
  const running = start(words, { urls: server.url });
  const pid = await guarded(running);
  running.child.kill("SIGSTOP");
  await expect.poll(() => server.command("SET", "job", "somebody-else", "NX")).toBe("OK");
  return { ...running, pid };
}

it("a run that was stopped ends the command when it goes on, and says that the lock was lost", async () => {
  const { child, ended, pid } = await stopped("exec sleep 1000");
  expect(isAlive(pid)).toBe(true);
  child.kill("SIGCONT");
  const { status, stderr } = await ended;
  expect(status).toBe(79);
  expect(stderr).toContain("ending the command");
  expect(stderr).toContain("it may not have been alone");
  expect(isAlive(pid)).toBe(false);
  expect(await server.command("GET", "job")).toBe("somebody-else");
});

it("a run that was stopped says so, though the command has ended well meanwhile", async () => {
  const folder = mkdtempSync(join(tmpdir(), "redsync-run-"));
  const { child, ended, said } = await stopped(`while [ -d ${folder} ]; do sleep 0.05; done; echo ended`);
  rmdirSync(folder);
  await expect.poll(() => said.stdout).toContain("ended");
  child.kill("SIGCONT");
  const { status, stderr } = await ended;
  expect(status).toBe(79);
  expect(stderr).toContain("it may not have been alone");
});

it("a run that is stopped may be killed: its guard ends the command", async () => {
  const { child, pid } = await stopped("exec sleep 1000");
  child.kill("SIGKILL");
  await expect.poll(() => isAlive(pid)).toBe(false);
});
