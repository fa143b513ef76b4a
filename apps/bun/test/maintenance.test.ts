import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { afterAll, beforeAll, expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [command, ...args] = (scripts.start as string).split(" ") as [string, ...string[]];

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Runs the script to its end, of so many tenths of a second, by the very command of `pnpm start`. */
async function run(url: string, steps = 1) {
  const child = spawn(command, [...args, String(steps)], {
    cwd: folder,
    env: { ...process.env, REDIS_URL: url, NO_COLOR: "1" },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const [status] = await once(child, "close");
  return { status, stdout, stderr };
}

it("works in one of four that start at once; the others say so and end with 75", async () => {
  // Three seconds of work: on a busy machine one may begin that much later than another.
  const endings = await Promise.all(Array.from({ length: 4 }, () => run(server.url, 30)));
  endings.sort((a, b) => a.status - b.status);
  const taken = { status: 75, stdout: "taken: another one is at it\n", stderr: "" };
  expect(endings).toEqual([{ status: 0, stdout: "done\n", stderr: "" }, taken, taken, taken]);
  expect(await server.command("KEYS", "*")).toEqual([]);
});

it("works again once the other has ended", async () => {
  expect(await run(server.url)).toMatchObject({ status: 0, stdout: "done\n" });
});

it("stops in the middle, and ends with 1, where it has lost the lock", async () => {
  // A minute of work: longer than the test may take.
  const ending = run(server.url, 600);
  await expect.poll(() => server.command("EXISTS", "maintenance"), { timeout: 20_000 }).toBe(1);
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
