import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { LockLostError, type MutexOptions } from "@redsync/core";
import { describe, expect, it } from "vitest";
import type { HolderJob, HolderReport } from "./holder.ts";
import { openHouse, until } from "./house.ts";
import { Program } from "./program.ts";

const EXPIRY_MS = 600;
const settings: MutexOptions = { expiry: EXPIRY_MS, timeoutFactor: 0.2, autoExtend: true };
/** A second, as is promised, and another one for a busy machine. */
const SOON_MS = 2_000;

it("a process stopped past its expiry is told of the loss as soon as it goes on, and using() says what it did meanwhile", {
  timeout: 60_000,
}, async () => {
  await using house = await openHouse(3);
  const job: HolderJob = { name: "stopped", ports: house.servers.map(({ port }) => port), expiry: EXPIRY_MS };
  await using holder = new Program<HolderReport>("holder.ts", { ...job });
  await holder.next("holds");
  // It renews: it has the lock for longer than an expiry.
  await new Promise((resolve) => setTimeout(resolve, 2 * EXPIRY_MS));
  expect(await house.values("stopped")).not.toContain(null);

  holder.signal("SIGSTOP");
  await until(async () => (await house.values("stopped")).every((value) => value === null));
  const since = Date.now();
  holder.signal("SIGCONT");

  const { at, ...lost } = await holder.next("lost");
  expect(at - since).toBeLessThan(SOON_MS);
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
    const since = performance.now();
    await until(() => signal.aborted);
    expect(performance.now() - since).toBeLessThan(SOON_MS);
    expect(signal.reason).toMatchObject({ code: "REDSYNC_LOCK_LOST", reason: "expired" });
  });

  it("all nodes are stopped: the signal aborts at until, and says who was silent", async () => {
    await using house = await openHouse(3, settings);
    const lock = await house.redsync.mutex("frozen").lock();
    const { signal } = lock;
    const first = lock.until.getTime();
    await until(() => lock.until.getTime() > first);
    for (const server of house.servers) server.freeze();
    await once(signal, "abort");
    const late = Date.now() - lock.until.getTime();

    expect(late).toBeGreaterThan(-50);
    expect(late).toBeLessThan(SOON_MS);
    expect(signal.reason).toBeInstanceOf(LockLostError);
    const { reason, outcomes } = signal.reason as LockLostError;
    expect(reason).toBe("expired");
    expect(outcomes.map(({ status }) => status)).toEqual(["unknown", "unknown", "unknown"]);
    for (const server of house.servers) server.thaw();
    await house.redsync.settled();
  });

  const bin = (name: string) =>
    fileURLToPath(new URL(`../../../../node_modules/.bin/${name}`, import.meta.url));
  const deno = ["run", "--no-remote", "--no-prompt", "--node-modules-dir=manual", "--allow-env"];
  const runtimes: readonly (readonly [string, string, ...string[]])[] = [
    ["Node", process.execPath, "--disable-warning=ExperimentalWarning"],
    ["Bun", bin("bun"), "run"],
    ["Deno", bin("deno"), ...deno],
  ];

  it.each(runtimes)("%s ends by itself where nothing else is to be done", async (_, command, ...args) => {
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
    const since = performance.now();
    const patience = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), 15_000);
    const [code] = await once(child, "close");
    clearTimeout(patience);

    expect(output).toBe("holds kept\n");
    expect(code).toBe(0);
    // The lock's minute is not over.
    expect(performance.now() - since).toBeLessThan(15_000);
  });
});
