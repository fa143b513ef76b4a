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
      /** When the signal aborted. */
      readonly at: number;
      /** What `using()` rejected with. */
      readonly code: string | undefined;
      readonly result: unknown;
    };

const { name, ports, expiry } = jobOf<HolderJob>();
const clients = ports.map((port) => new Redis(port));
const redsync = new Redsync(
  clients.map((client) => ioredisNode(client)),
  { expiry, timeoutFactor: 0.2 },
);

let reason = "";
let at = 0;
let failure: unknown;
try {
  await redsync.mutex(name).using(async ({ signal }) => {
    report({ type: "holds" } satisfies HolderReport);
    if (!signal.aborted) await once(signal, "abort");
    at = Date.now();
    reason = signal.reason.reason;
    return "written";
  });
} catch (error) {
  failure = error;
}
const lost = isRedsyncError(failure) && failure.code === "REDSYNC_LOCK_LOST" ? failure : undefined;
report({ type: "lost", reason, at, code: lost?.code, result: lost?.result } satisfies HolderReport);
await redsync.settled();
for (const client of clients) client.disconnect();
process.disconnect();
