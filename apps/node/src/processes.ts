import type { Options } from "./options.js";
import { type Connection, connect } from "./redis.ts";
import type { Run } from "./run.ts";
import { redisStore } from "./store.ts";
import type { Team } from "./team.ts";
import { startWorker } from "./worker-process.ts";

/** So few of the servers answer that nothing can be locked. */
export class OutageError extends Error {}

/** All tasks in some processes, over real servers, one of which keeps the plan as well. */
export async function processTeam({ servers, client, processes, tasks }: Options): Promise<Team> {
  const connections = await Promise.all(servers.map((server) => connect(client, server)));
  const storeServer = connections.findIndex(({ failure }) => failure === null);
  const keeper = connections[storeServer];
  for (const each of connections) if (each !== keeper) each.close();
  if (keeper === undefined || !hasQuorum(connections)) {
    keeper?.close();
    throw new OutageError(outage(connections));
  }
  const storeKey = `redsync-demo:${process.pid}:seats`;
  const store = redisStore(keeper, storeKey);
  const workers = Array.from({ length: processes }, () => startWorker(client));
  const workerOf = (task: number) => workers[Math.floor((task * processes) / tasks)];

  const team: Team = {
    description: describe(connections, keeper, `${tasks} tasks in ${processes} processes, through ${client}`),
    label: (task) => `process ${workerOf(task)?.pid} task ${task + 1}`,
    async perform(run, signal, onBooking) {
      await store.clear();
      signal.throwIfAborted();
      const order = { storeServer, storeKey };
      const obeyed = workers.map((worker) =>
        worker.obey({ ...order, run: part(run, (task) => workerOf(task) === worker) }, onBooking),
      );
      await abortable(Promise.all(obeyed), signal);
      return store.read();
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.end()));
      // A store that is gone forgets by itself.
      await store.clear().catch(() => {});
      keeper.close();
    },
  };
  try {
    await Promise.all(workers.map(({ ready }) => ready));
  } catch (error) {
    await team.close();
    throw error;
  }
  return team;
}

function part(run: Run, isMine: (task: number) => boolean): Run {
  return { ...run, tasks: run.tasks.filter(({ task }) => isMine(task)) };
}

function hasQuorum(connections: readonly Connection[]): boolean {
  return connections.filter(({ failure }) => failure === null).length > connections.length / 2;
}

function describe(connections: readonly Connection[], keeper: Connection, tasks: string): string {
  const lines = connections.map(({ place, failure }) => {
    const remark =
      place === keeper.place ? "keeps the seats, too" : failure === null ? "" : `down: ${failure}`;
    return `  ${place}  ${remark}`.trimEnd();
  });
  return [`${tasks}, one lock over ${plural(connections.length, "server")}:`, ...lines].join("\n");
}

function outage(connections: readonly Connection[]): string {
  const down = connections.filter(({ failure }) => failure !== null);
  const needed = Math.floor(connections.length / 2) + 1;
  const lines = down.map(({ place, failure }) => `  ${place}  ${failure}`);
  const summary = `${down.length} of ${plural(connections.length, "server")} cannot be used, and a lock needs ${needed}:`;
  return [summary, ...lines].join("\n");
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Leaves the work alone when the signal aborts; its own end, in whatever way, no longer matters then. */
async function abortable(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
