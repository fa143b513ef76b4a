import type { Mutex, MutexOptions, RedisNode } from "@redsync/core";
import type { RedisServer } from "./servers/index.ts";

/** What all contenders, of any language, leave at the server that watches them. It is none of the lock's. */
export const witness = {
  inside: "inside",
  overlaps: "overlaps",
  done: "done",
  ledger: "ledger",
  /** A hash: how often each team has entered. */
  teams: "teams",
} as const;

/** What contenders do, beside the lock that they do it under. */
export interface Contention {
  /** Which of `witness.teams` they are. */
  readonly team: string;
  readonly tasks: number;
  /** All processes together stop once they have entered so often. */
  readonly acquisitions: number;
  /** Without the lock the watch must find overlaps: that is how it shows that it sees them. */
  readonly isLocked: boolean;
  /** Whether Node's wait in the queues on the nodes; by default they do. Those of other languages poll in any case. */
  readonly fair?: boolean;
  /** For how many ms Node's do something else between two locks; by default they wait again at once. */
  readonly pause?: number;
}

/** What a contender waits between two attempts, in milliseconds: so little that thousands of acquisitions take seconds. */
export const retryDelay = { least: 5, most: 30 } as const;

/**
 * Some six minutes of attempts: whoever polls beside a queue that never empties may wait for as long as the others are busy, which is a
 * minute on a slow machine. Not so many that a contender outlives its servers for long.
 */
export const tries = 20_000;

/** How a contender waits for its turn. */
export const contenderOptions: MutexOptions = {
  tries,
  retryDelay: () => retryDelay.least + Math.random() * (retryDelay.most - retryDelay.least),
  failFast: true,
};

/** Runs tasks that enter the critical section until all processes together have entered often enough. */
export async function contend(
  mutex: Mutex,
  observer: RedisNode,
  { team, tasks, acquisitions, isLocked, pause = 0 }: Contention,
): Promise<void> {
  const isDone = async () => Number(await observer.send(["GET", witness.done])) >= acquisitions;
  const enter = async () => {
    if ((await observer.send(["INCR", witness.inside])) !== 1)
      await observer.send(["INCR", witness.overlaps]);
    // Reads and writes in two steps, as a program does that relies on its lock.
    const entries = Number(await observer.send(["GET", witness.ledger]));
    await observer.send(["SET", witness.ledger, `${entries + 1}`]);
    await observer.send(["HINCRBY", witness.teams, team, "1"]);
    await observer.send(["INCR", witness.done]);
    await observer.send(["DECR", witness.inside]);
  };
  const enterAlone = async () => {
    await using _ = await mutex.lock();
    await enter();
  };
  const task = async () => {
    while (!(await isDone())) {
      await (isLocked ? enterAlone() : enter());
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  await Promise.all(Array.from({ length: tasks }, task));
}

/** What the watch has seen. */
export interface Sighting {
  readonly done: number;
  readonly overlaps: number;
  /** Equals `done` if nobody's write was lost. */
  readonly ledger: number;
  readonly teams: Readonly<Record<string, number>>;
}

/** Reads what the contenders have left at the server that watched them. */
export async function sighting(server: RedisServer): Promise<Sighting> {
  const count = async (key: string) => Number(await server.command("GET", key));
  const teams = (await server.command("HGETALL", witness.teams)) as readonly string[];
  return {
    done: await count(witness.done),
    overlaps: await count(witness.overlaps),
    ledger: await count(witness.ledger),
    teams: Object.fromEntries(
      teams.flatMap((team, index) => (index % 2 === 0 ? [[team, Number(teams[index + 1])]] : [])),
    ),
  };
}
