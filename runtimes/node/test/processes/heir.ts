import { once } from "node:events";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { jobOf, report } from "./program.ts";

/** Takes a lock over, from a message or from a queue in Redis, and holds it until it is told to unlock or loses it. */
export interface HeirJob {
  readonly name: string;
  readonly ports: readonly number[];
  readonly expiry: number;
  /** Where the estate comes from; without it, from a message. */
  readonly queue?: { readonly port: number; readonly key: string };
}

/** What a giver passes on. */
export interface Estate {
  readonly value: string;
  readonly token: number;
}

export type HeirReport =
  | { readonly type: "ready" }
  | { readonly type: "adopted"; readonly value: string; readonly token: number }
  | { readonly type: "extended" }
  | { readonly type: "lost"; readonly reason: string }
  | { readonly type: "unlocked"; readonly result: string };

const { name, ports, expiry, queue } = jobOf<HeirJob>();
const clients = ports.map((port) => new Redis(port));
let isAdopted = false;
const redsync = new Redsync(
  clients.map((client) => ioredisNode(client)),
  {
    expiry,
    // A round may take long: the machine is busy.
    timeoutFactor: 0.5,
    fencing: true,
    autoExtend: true,
    onEvent({ type }) {
      // The first one is the adoption.
      if (type === "extended" && isAdopted) report({ type } satisfies HeirReport);
    },
  },
);

async function inherit(): Promise<Estate> {
  if (queue === undefined) return (await once(process, "message"))[0] as Estate;
  const client = new Redis(queue.port);
  const [, estate] = (await client.blpop(queue.key, 0)) ?? [];
  client.disconnect();
  return JSON.parse(estate ?? "") as Estate;
}

await Promise.all(clients.map((client) => client.ping()));
// Listened for from the start: nothing that is told is to be missed.
const told = inherit();
report({ type: "ready" } satisfies HeirReport);
const { value, token } = await told;
const lock = await redsync.mutex(name).adopt(value, { token });
const { signal } = lock;
const onLoss = () => report({ type: "lost", reason: signal.reason.reason } satisfies HeirReport);
if (signal.aborted) onLoss();
else signal.addEventListener("abort", onLoss);
process.on("message", async () => {
  report({ type: "unlocked", result: await lock.unlock() } satisfies HeirReport);
  await redsync.settled();
  for (const client of clients) client.disconnect();
  process.disconnect();
});
isAdopted = true;
report({ type: "adopted", value: lock.value, token: lock.token } satisfies HeirReport);
