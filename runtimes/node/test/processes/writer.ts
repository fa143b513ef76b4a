import { once } from "node:events";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { jobOf, report } from "./program.ts";

/** Locks, writes and unlocks, again and again, until it is told to end. */
export interface WriterJob {
  readonly name: string;
  readonly lockPorts: readonly number[];
  readonly registerPort: number;
  /** What writes: a script that answers 1 where the register has accepted it. */
  readonly write: string;
  readonly expiry: number;
}

export type WriterReport =
  | { readonly type: "is about to write"; readonly token: number }
  | { readonly type: "wrote"; readonly token: number; readonly accepted: boolean };

/** `stop`: in the middle of its next lock, after it has looked and before it writes, until `write`. `end`: once it has written. */
export type WriterOrder = "stop" | "write" | "end";

const { name, lockPorts, registerPort, write, expiry } = jobOf<WriterJob>();
const clients = lockPorts.map((port) => new Redis(port));
const register = new Redis(registerPort);
const redsync = new Redsync(
  clients.map((client) => ioredisNode(client)),
  {
    fencing: true,
    expiry,
    timeoutFactor: 0.5,
    tries: Number.POSITIVE_INFINITY,
    retryDelay: () => 5 + Math.random() * 25,
  },
);

let isToStop = false;
let isToEnd = false;
process.on("message", (order: WriterOrder) => {
  if (order === "stop") isToStop = true;
  if (order === "end") isToEnd = true;
});

while (!isToEnd) {
  await using lock = await redsync.mutex(name).lock();
  const { token } = lock;
  // The last look before the write, as in any program that takes care.
  if (lock.remaining() > 0) {
    const stops = isToStop;
    isToStop = false;
    if (stops) {
      report({ type: "is about to write", token } satisfies WriterReport);
      await once(process, "message");
    }
    const accepted = (await register.eval(write, 1, "register", String(token))) === 1;
    if (stops) report({ type: "wrote", token, accepted } satisfies WriterReport);
  }
}
await redsync.settled();
for (const client of [...clients, register]) client.disconnect();
process.disconnect();
