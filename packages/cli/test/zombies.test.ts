import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { isAlive, killAll, start } from "./redsync.ts";

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
afterEach(killAll);

/** Leaves a zombie once the group is ended: its parent is no longer in the group by then, and never asks how it ended. */
const CARELESS = "(sleep 1000 & exec setsid sh -c 'echo careless $$; exec sleep 1000 > /dev/null 2>&1') &";
const STUBBORN = `sh -c 'trap "" TERM; echo stubborn $$; exec > /dev/null 2>&1; while :; do sleep 0.1; done' &`;

/** Loses the lock while a script runs. Resolves to the process ids that it has said, and to the status. */
async function lose(grace: string, script: string, ...said: readonly string[]) {
  const words = ["run", "job", "--expiry", "600ms", "--grace", grace, "--", "sh", "-c", `${script} wait`];
  const running = start(words, { urls: server.url });
  const pids: number[] = [];
  for (const word of said) {
    await expect.poll(() => running.said.stdout).toMatch(new RegExp(`${word} \\d+\n`));
    pids.push(Number(new RegExp(`${word} (\\d+)`).exec(running.said.stdout)?.[1]));
  }
  await server.command("SET", "job", "somebody-else");
  const { status } = await running.ended;
  await server.command("DEL", "job");
  return { pids, status };
}

const lack = process.platform === "linux" ? "" : " (not run: only Linux tells zombies from the living)";

describe.skipIf(lack !== "")(`a lock that is lost${lack}`, () => {
  it("ends with the command, though nobody reaps what it has started", async () => {
    const { pids, status } = await lose("1h", CARELESS, "careless");
    expect(status).toBe(79);
    // Its child was a zombie to the end.
    expect(pids.map(isAlive)).toEqual([true]);
    for (const pid of pids) process.kill(pid, "SIGKILL");
  });

  it("ends what ignores SIGTERM beside a zombie", async () => {
    const { pids, status } = await lose("1s", CARELESS + STUBBORN, "careless", "stubborn");
    const [careless = 0, stubborn = 0] = pids;
    expect(status).toBe(79);
    await expect.poll(() => isAlive(stubborn)).toBe(false);
    process.kill(careless, "SIGKILL");
  });
});
