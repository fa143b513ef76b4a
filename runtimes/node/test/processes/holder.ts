import { once } from "node:events";
import { isRedsyncError, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { jobOf, report } from "./program.ts";

/** Holds a lock by `using()` until it is told that it has lost it. */
export interface HolderJob {
  readonly name: string;
  readonly ports: readonly number[];
  readonly expiry: number;
}

export type HolderReport =
  | { readonly type: "holds" }
  | {
      readonly type: "lost";
      readonly reason: string;
      /** How many turns of 50 ms the process has made since it stood still, until the signal aborted. */
      readonly turns: number;
      /** What `using()` rejected with. */
      readonly code: string | undefined;
      readonly result: unknown;
    };

const { name, ports, expiry } = jobOf<HolderJob>();
const clients = ports.map((port) => new Redis(port));
const redsync = new Redsync(
  clients.map((client) => ioredisNode(client)),
  { expiry, timeoutFactor: 0.5 },
);

let turns = 0;
let last = performance.now();
setInterval(() => {
  const present = performance.now();
  turns = present - last > expiry / 2 ? 0 : turns + 1;
  last = present;
}, 50).unref();

let reason = "";
let failure: unknown;
try {
  await redsync.mutex(name).using(async ({ signal }) => {
    report({ type: "holds" } satisfies HolderReport);
    if (!signal.aborted) await once(signal, "abort");
    reason = signal.reason.reason;
    return "written";
  });
} catch (error) {
  failure = error;
}
const lost = isRedsyncError(failure) && failure.code === "REDSYNC_LOCK_LOST" ? failure : undefined;
report({ type: "lost", reason, turns, code: lost?.code, result: lost?.result } satisfies HolderReport);
await redsync.settled();
for (const client of clients) client.disconnect();
process.disconnect();
