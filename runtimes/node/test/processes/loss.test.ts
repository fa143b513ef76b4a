import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { LockLostError, type MutexOptions } from "@redsync/core";
import { describe, expect, it } from "vitest";
import type { HolderJob, HolderReport } from "./holder.ts";
import { openHouse, openTimedHouse, until } from "./house.ts";
import { Program } from "./program.ts";

/** So short, because the tests wait until it has run out. */
const EXPIRY_MS = 600;
const settings: MutexOptions = { expiry: EXPIRY_MS, timeoutFactor: 0.5, autoExtend: true };
/** A second, as is promised, and another one for timers that are late, in turns of 50 ms that the process was there for. */
const SOON_TURNS = 40;

it("a process stopped past its expiry is told of the loss as soon as it goes on, and using() says what it did meanwhile", async () => {
  await using house = await openHouse(3);
  // Seconds, so that it is stopped while it holds the lock.
  const job: HolderJob = { name: "stopped", ports: house.servers.map(({ port }) => port), expiry: 4_000 };
  await using holder = new Program<HolderReport>("holder.ts", { ...job });
  await holder.next("holds");
  holder.signal("SIGSTOP");
  await until(async () => (await house.values("stopped")).every((value) => value === null));
  holder.signal("SIGCONT");

  const { turns, ...lost } = await holder.next("lost");
  expect(turns).toBeLessThan(SOON_TURNS);
  expect(lost).toEqual({ type: "lost", reason: "expired", code: "REDSYNC_LOCK_LOST", result: "written" });
  expect(await holder.ended()).toBe(0);
});

describe("under a lock that renews itself", () => {
  it("an event loop that is blocked past until: assertHeld() throws at once, and the signal aborts as soon as timers run", async () => {
    await using house = await openHouse(3, settings);
    const lock = await house.redsync.mutex("blocked").lock();
    const { signal } = lock;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EXPIRY_MS + 200);
    expect(() => lock.assertHeld()).toThrow(LockLostError);
    expect(signal.aborted).toBe(true);
  });

  it("an event loop that is blocked past until, and nobody who asks", async () => {
    await using house = await openHouse(3, settings);
    const { signal } = await house.redsync.mutex("blocked").lock();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EXPIRY_MS + 200);
    for (let turn = 0; turn < SOON_TURNS && !signal.aborted; turn++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: "REDSYNC_LOCK_LOST", reason: "expired" });
  });

  it("all nodes are stopped: the signal aborts at until, and says who was silent", async () => {
    const expiry = 60_000;
    await using house = await openTimedHouse(3, { expiry, autoExtend: true });
    const { clock } = house;
    const lock = await house.redsync.mutex("frozen").lock();
    const { signal } = lock;
    const first = lock.until.getTime();
    await clock.advance(expiry / 2);
    expect(lock.until.getTime()).toBeGreaterThanOrEqual(first + expiry / 3);
    for (const server of house.servers.keys()) await house.lose(server, "freeze");
    await clock.pass(once(signal, "abort"));
    // To the millisecond.
    expect(Math.abs(clock.wall() - lock.until.getTime())).toBeLessThanOrEqual(1);
    expect(signal.reason).toBeInstanceOf(LockLostError);
    const { reason, outcomes } = signal.reason as LockLostError;
    expect(reason).toBe("expired");
    expect(outcomes.map(({ status }) => status)).toEqual(["unknown", "unknown", "unknown"]);
    for (const server of house.servers.keys()) await house.regain(server, "thaw");
    await clock.pass(house.redsync.settled());
  });

  const PATIENCE_MS = 60_000;
  const bin = (name: string) =>
    fileURLToPath(new URL(`../../../../node_modules/.bin/${name}`, import.meta.url));
  const deno = ["run", "--no-remote", "--no-prompt", "--node-modules-dir=manual", "--allow-env"];
  const runtimes: readonly (readonly [string, string, ...string[]])[] = [
    ["Node", process.execPath, "--disable-warning=ExperimentalWarning"],
    ["Bun", bin("bun"), "run"],
    ["Deno", bin("deno"), ...deno],
  ];

  it.each(runtimes)(
    "%s ends by itself where nothing else is to be done",
    {
      timeout: 2 * PATIENCE_MS,
    },
    async (_, command, ...args) => {
      const program = fileURLToPath(new URL("endless.ts", import.meta.url));
      const child = spawn(command, [...args, program], {
        stdio: ["ignore", "pipe", "inherit"],
        // A group of its own, so that what a wrapper has started can be killed with it.
        detached: true,
      });
      let output = "";
      child.stdout.on("data", (chunk) => {
        output += chunk;
      });
      // Long before the lock's hour is over.
      const patience = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), PATIENCE_MS);
      const [code] = await once(child, "close");
      clearTimeout(patience);

      expect(output).toBe("holds kept\n");
      expect(code).toBe(0);
    },
  );
});
