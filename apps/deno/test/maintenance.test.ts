import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [command, ...args] = (scripts.start as string).split(" ") as [string, ...string[]];

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.command("FLUSHALL"));

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const { pid } of running) {
    try {
      // With what it has started: what is found on the PATH may be a script that starts the runtime.
      if (pid !== undefined) process.kill(-pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
  }
});

/** Runs the script to its end, of so many tenths of a second, by the very command of `pnpm start`. */
async function run(url: string, steps = 1) {
  const child = spawn(command, [...args, String(steps)], {
    cwd: folder,
    env: { ...process.env, REDIS_URL: url, NO_COLOR: "1" },
    detached: true,
  });
  running.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const [status] = await once(child, "close");
  running.delete(child);
  return { status: status as number | null, stdout, stderr };
}

/** An hour of work: whoever has begun is still at it when the last one begins, however slow the machine is. */
const HOUR = 36_000;

it("works in one of four that start at once; the others say so and end with 75", async () => {
  const scripts = Array.from({ length: 4 }, () => run(server.url, HOUR));
  const endings: unknown[] = [];
  const three = Promise.withResolvers<void>();
  for (const script of scripts)
    void script.then((ending) => {
      if (endings.push(ending) === 3) three.resolve();
    });
  await three.promise;
  const taken = { status: 75, stdout: "taken: another one is at it\n", stderr: "" };
  expect(endings).toEqual([taken, taken, taken]);
  expect(await server.command("KEYS", "*")).toEqual(["maintenance"]);
});

it("says that it is done, and leaves nothing behind", async () => {
  expect(await run(server.url)).toEqual({ status: 0, stdout: "done\n", stderr: "" });
  expect(await server.command("KEYS", "*")).toEqual([]);
});

it("stops in the middle, and ends with 1, where it has lost the lock", async () => {
  const ending = run(server.url, HOUR);
  await expect.poll(() => server.command("EXISTS", "maintenance")).toBe(1);
  await server.command("SET", "maintenance", "somebody-else");
  const { status, stdout, stderr } = await ending;
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain("LockLostError");
  expect(await server.command("GETDEL", "maintenance")).toBe("somebody-else");
});

it("ends with 1 where Redis cannot be reached", async () => {
  const { status, stdout, stderr } = await run("redis://127.0.0.1:1");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/connection|ECONNREFUSED/i);
});
