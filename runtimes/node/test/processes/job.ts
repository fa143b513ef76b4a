import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";

/** What a contender is told on its command line. */
export interface Job {
  readonly lockPorts: readonly number[];
  /** The server that watches; it is none of the lock's. */
  readonly witnessPort: number;
  readonly tasks: number;
  readonly acquisitions: number;
  readonly isLocked: boolean;
}

/** What all contenders leave at the witness. */
export const witness = { inside: "inside", overlaps: "overlaps", done: "done", ledger: "ledger" } as const;

/** Runs `tasks` that enter the critical section until all processes together have entered often enough. */
export async function contend({ lockPorts, witnessPort, tasks, acquisitions, isLocked }: Job): Promise<void> {
  const clients = lockPorts.map((port) => new Redis(port));
  const observer = new Redis(witnessPort);
  const redsync = new Redsync(clients.map((client) => ioredisNode(client)));
  const mutex = redsync.mutex("contended", {
    tries: Number.POSITIVE_INFINITY,
    retryDelay: () => 5 + Math.random() * 25,
    failFast: true,
  });

  const isDone = async () => Number(await observer.get(witness.done)) >= acquisitions;
  const enter = async () => {
    if ((await observer.incr(witness.inside)) !== 1) await observer.incr(witness.overlaps);
    // Reads and writes in two steps, as a program does that relies on its lock.
    const entries = Number(await observer.get(witness.ledger));
    await observer.set(witness.ledger, entries + 1);
    await observer.incr(witness.done);
    await observer.decr(witness.inside);
  };
  const task = async () => {
    while (!(await isDone())) {
      if (!isLocked) await enter();
      else {
        await using _ = await mutex.lock();
        await enter();
      }
    }
  };
  await Promise.all(Array.from({ length: tasks }, task));
  await redsync.settled();
  for (const client of [...clients, observer]) client.disconnect();
}
