import { setTimeout as pause } from "node:timers/promises";
import { ToolMissing } from "../channel.ts";
import type { Effort, WaitingEffort } from "../effort.ts";
import { ContestantFailed } from "../seat.ts";
import { quantile } from "../statistics.ts";
import { Crew } from "./crew.ts";
import { type Counted, changesAmong, type Outcome, sharesOf, sum, waitsOf } from "./outcome.ts";
import type { Tally } from "./protocol.ts";
import type { Holding, WaitingServers } from "./servers.ts";
import { type WaiterId, waiter } from "./waiters.ts";

/** Why there are no figures if everybody starved. */
export const NOBODY = "nobody got the lock";

/** Who wants the same name. */
export interface Crowd {
  readonly processes: number;
  /** In each of them. */
  readonly tasks: number;
  readonly workMs: number;
}

/** What the lock's servers did while a round was counted. */
interface Measured {
  readonly tallies: readonly Tally[];
  readonly cpuUs: number;
  readonly goCommands: number;
}

/** Everybody wants the name again and again. */
export function looping(
  id: WaiterId,
  crowd: Crowd,
  servers: WaitingServers,
  effort: Effort,
  { warmUpMs, windowMs }: Pick<WaitingEffort, "warmUpMs" | "windowMs"> = effort.waiting,
): Promise<Outcome> {
  return withCrew(id, crowd, servers, effort, async (crew) => {
    const name = servers.freshName(id);
    const round = { name, tasks: crowd.tasks, turns: 0, workMs: crowd.workMs, warmUpMs, windowMs };
    const fewestTurns = fewestTurnsOf(id, effort);
    const waiting = crew.wait({ ...round, fewestTurns, measuresHeap: crowd.processes === 1 });
    // It is awaited below, but may fail before that.
    waiting.catch(() => {});
    await pause(warmUpMs);
    const measured = await loadDuring(servers, () => waiting);
    const holdings = countedAmong(await servers.holdings(name), measured.tallies);
    if (holdings.length === 0) throw new ContestantFailed(NOBODY);
    const isAlone = crowd.processes === 1;
    const owners = holdings.map(({ process, task }) => (isAlone ? task : process));
    const heap = measured.tallies[0]?.heap;
    return {
      ...ratesOf(id, measured, servers.nodes),
      seconds: Math.max(...measured.tallies.map(({ ms }) => ms)) / 1_000,
      acquired: holdings.length,
      changes: changesAmong(owners),
      shares: sharesOf(owners, isAlone ? crowd.tasks : crowd.processes),
      holdings,
      ...(isAlone && heap !== undefined && { heapPerTask: heap / crowd.tasks }),
    };
  });
}

/** All tasks of one process want the name once, at the same moment; and again when all are done. */
export function arriving(
  id: WaiterId,
  crowd: Crowd,
  servers: WaitingServers,
  effort: Effort,
): Promise<Outcome> {
  const { arrivals, arrivalsMs } = effort.waiting;
  return withCrew(id, crowd, servers, effort, async (crew) => {
    const until = performance.now() + arrivalsMs;
    const measured: Measured[] = [];
    // The first arrival warms up, unless it is the only one that there is time for.
    for (let arrival = 0; arrival <= arrivals && performance.now() < until; arrival++) {
      const name = servers.freshName(id);
      const round = { name, tasks: crowd.tasks, turns: 1, workMs: crowd.workMs, warmUpMs: 0 };
      measured.push(
        await loadDuring(servers, () =>
          crew.wait({
            ...round,
            windowMs: Math.max(1, Math.ceil(until - performance.now())),
            fewestTurns: fewestTurnsOf(id, effort),
          }),
        ),
      );
      if (acquiredIn(measured.slice(-1)) < crowd.tasks) break;
    }
    return arrivalsCounted(id, measured.length > 1 ? measured.slice(1) : measured, crowd, servers.nodes);
  });
}

/** Those that poll may starve: that is their result. */
function fewestTurnsOf(id: WaiterId, { waiting }: Effort): number {
  return id === "redsync" ? waiting.fewestTurns : 0;
}

/** What each process had while it counted. */
function countedAmong(holdings: readonly Holding[], tallies: readonly Tally[]): Holding[] {
  const had = tallies.map(() => 0);
  return holdings.filter(({ process }) => {
    const nth = had[process] ?? 0;
    had[process] = nth + 1;
    const { before, acquired } = tallies[process] as Tally;
    return nth >= before && nth < before + acquired;
  });
}

function arrivalsCounted(
  id: WaiterId,
  measured: readonly Measured[],
  { tasks }: Crowd,
  nodes: number,
): Counted {
  const tallies = measured.flatMap((each) => each.tallies);
  const together = {
    tallies,
    cpuUs: sum(measured, ({ cpuUs }) => cpuUs),
    goCommands: sum(measured, ({ goCommands }) => goCommands),
  };
  return {
    ...ratesOf(id, together, nodes),
    seconds: sum(tallies, ({ ms }) => ms) / 1_000,
    acquired: acquiredIn(measured),
    changes: acquiredIn(measured),
    shares: [],
    holdings: [],
    makespan: {
      ms: median(tallies.map(({ ms }) => ms)),
      ratio: median(tallies.map(({ ms, workMs }) => ms / workMs)),
      isDone: tallies.every(({ acquired }) => acquired === tasks),
    },
  };
}

/** What is told in relation to the acquisitions, as the processes count them. */
function ratesOf(
  id: WaiterId,
  { tallies, cpuUs, goCommands }: Measured,
  nodes: number,
): Pick<Counted, "waits" | "commands" | "sent" | "serverCpu" | "gaveUp" | "overlaps"> {
  const acquired = sum(tallies, (tally) => tally.acquired);
  if (acquired === 0) throw new ContestantFailed(NOBODY);
  const sent = waiter(id).go ? goCommands : sum(tallies, ({ commands = 0 }) => commands);
  return {
    waits: waitsOf(tallies),
    commands: sent / acquired / nodes,
    sent: sent / nodes,
    serverCpu: cpuUs / acquired,
    gaveUp: sum(tallies, ({ gaveUp }) => gaveUp),
    overlaps: sum(tallies, ({ overlaps }) => overlaps),
  };
}

async function loadDuring(servers: WaitingServers, wait: () => Promise<Tally[]>): Promise<Measured> {
  const before = await servers.load();
  const tallies = await wait();
  const after = await servers.load();
  return {
    tallies,
    cpuUs: after.cpuUs - before.cpuUs,
    goCommands: after.goCommands - before.goCommands,
  };
}

async function withCrew(
  id: WaiterId,
  { processes }: Crowd,
  servers: WaitingServers,
  effort: Effort,
  work: (crew: Crew) => Promise<Counted>,
): Promise<Outcome> {
  try {
    using crew = await Crew.take(id, processes, servers.where, effort);
    return { waiter: id, counted: await work(crew) };
  } catch (error) {
    if (error instanceof ToolMissing) return { waiter: id, lack: error.message };
    if (error instanceof ContestantFailed) return { waiter: id, failure: error.message };
    throw error;
  }
}

function acquiredIn(measured: readonly Measured[]): number {
  return sum(measured, ({ tallies }) => sum(tallies, ({ acquired }) => acquired));
}

function median(numbers: readonly number[]): number {
  return quantile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  );
}
