import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { jobOf, report } from "./program.ts";

/** Locks, tells its token, and unlocks, again and again, until it is told to end. */
export interface ClaimantJob {
  readonly name: string;
  readonly ports: readonly number[];
  /** Where the tokens are recorded while the lock is held, in the order in which it was given. */
  readonly recordPort: number;
}

export interface ClaimantReport {
  readonly type: "ended";
  /** What it believes the time is. */
  readonly now: number;
}

const { name, ports, recordPort } = jobOf<ClaimantJob>();
const clients = ports.map((port) => new Redis(port, { retryStrategy: () => 50 }));
// A server that is down is reported at every attempt to connect.
for (const client of clients) client.on("error", () => {});
const record = new Redis(recordPort);
const redsync = new Redsync(
  clients.map((client) => ioredisNode(client)),
  {
    fencing: true,
    expiry: 10_000,
    tries: Number.POSITIVE_INFINITY,
    retryDelay: () => 5 + Math.random() * 25,
  },
);

let isToEnd = false;
process.on("message", () => {
  isToEnd = true;
});
while (!isToEnd) {
  const lock = await redsync.mutex(name).lock();
  await record.rpush("tokens", `${lock.token} ${process.pid}`);
  await lock.unlock();
  // Holders of another kind stand in no queue: the name is free now and then.
  await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100));
}
await redsync.settled();
report({ type: "ended", now: Date.now() } satisfies ClaimantReport);
for (const client of [...clients, record]) client.disconnect();
process.disconnect();
