// Waits for one name in some tasks, again and again, until it is told that each of them does so once more and ends.
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { jobOf, report } from "./program.ts";

export interface QueuerJob {
  readonly name: string;
  readonly tasks: number;
  readonly lockPorts: readonly number[];
  /** The server that watches; it is none of the lock's, and nothing happens to it. */
  readonly witnessPort: number;
  readonly expiry: number;
  /** For how long somebody who waits is not forgotten yet, in ms. */
  readonly patience: number;
  /** Without the lock the watch must find overlaps: that is how it shows that it sees them. */
  readonly isLocked: boolean;
}

export type QueuerReport =
  | { readonly type: "ready" }
  | {
      readonly type: "ended";
      readonly served: number;
      readonly longest: number;
      readonly failures: readonly string[];
    };

/**
 * Enters for as long as a lock is valid, which the watch's own clock sees: a holder that is killed leaves then, and one that was stopped
 * is no overlap once its lock has ended. "excuse" is there while a server may have forgotten a lock.
 */
const ENTER = `
local time = redis.call("TIME")
if tonumber(ARGV[2]) <= time[1] * 1000 + time[2] / 1000 then return redis.call("INCR", "late") end
if not redis.call("SET", "inside", ARGV[1], "NX", "PXAT", ARGV[2]) then
  return redis.call("INCR", redis.call("EXISTS", "excuse") == 1 and "excused" or "overlaps")
end
return redis.call("INCR", "served")`;
const LEAVE = `if redis.call("GET", "inside") == ARGV[1] then return redis.call("DEL", "inside") end`;

const { name, tasks, lockPorts, witnessPort, expiry, patience, isLocked } = jobOf<QueuerJob>();
const clients = lockPorts.map((port) => new Redis(port, { retryStrategy: () => 50 }));
const witness = new Redis(witnessPort);
for (const client of clients) client.on("error", () => {});
const redsync = new Redsync(
  clients.map((client) => ioredisNode(client)),
  { expiry },
);
const mutex = redsync.mutex(name);
const failures: string[] = [];
let served = 0;
let longest = 0;
let isLast = false;

const unlocked = () => ({
  value: crypto.randomUUID(),
  until: new Date(Date.now() + expiry),
  unlock: async () => {},
});

async function enter(): Promise<void> {
  const began = performance.now();
  const lock = isLocked ? await mutex.lock({ timeout: patience }) : unlocked();
  longest = Math.max(longest, performance.now() - began);
  await witness.eval(ENTER, 0, lock.value, lock.until.getTime());
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  await witness.eval(LEAVE, 0, lock.value);
  served++;
  // Where nodes are away nobody can say what became of it; its expiry ends it.
  await lock.unlock().catch(() => {});
}

async function task(): Promise<void> {
  for (let wasLast = false; !wasLast; ) {
    wasLast = isLast;
    await enter().catch((error: unknown) => failures.push(String(error)));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  }
}

process.once("message", () => {
  isLast = true;
});
const working = Promise.all(Array.from({ length: tasks }, task));
report({ type: "ready" });
await working;
await redsync.settled();
report({ type: "ended", served, longest, failures });
for (const client of [...clients, witness]) client.disconnect();
process.disconnect();
