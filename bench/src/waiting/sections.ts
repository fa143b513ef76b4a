import type { Effort, WaitingEffort } from "../effort.ts";
import type { Section, Table, Wanted } from "../section.ts";
import { nodesIn } from "../workloads.ts";
import { arriving, type Crowd, looping } from "./measure.ts";
import type { Outcome } from "./outcome.ts";
import { makespanPlot } from "./plots/makespan.ts";
import { ownersPlot } from "./plots/owners.ts";
import { timelinePlot } from "./plots/timeline.ts";
import { WaitingServers } from "./servers.ts";
import { arrivalTable, loopTable, rowsOf } from "./table.ts";
import { arrivalTargets, loopTargets } from "./targets.ts";
import { type WaiterId, waiter, waitersOn } from "./waiters.ts";

const WORK_MS = 1;

/** The most commands of ours for a turn on each node. */
const MOST_COMMANDS = 4.5;

/** All tasks of one process want the lock at the same moment, once. */
export function arrivingOn(nodes: number): Section {
  const id = `waiting-at-once-${nodes}`;
  return {
    id,
    async measure(wanted) {
      const crowd = (waiting: WaitingEffort) => ({ processes: 1, tasks: waiting.tasks, workMs: WORK_MS });
      const outcomes = await everybody(nodes, wanted, crowd, arriving);
      const title = `${wanted.effort.waiting.tasks} arriving at once in a process, ${nodesIn(nodes)}`;
      return {
        text: arrivalTable(title, outcomes),
        rows: rowsOf(outcomes),
        targets: arrivalTargets(title, outcomes),
        plots: [makespanPlot(id, title, outcomes)],
      };
    },
  };
}

/** All tasks of one process want the lock again and again. */
export function loopingOn(nodes: number): Section {
  return {
    id: `waiting-loop-${nodes}`,
    async measure(wanted) {
      const crowd = (waiting: WaitingEffort) => ({ processes: 1, tasks: waiting.tasks, workMs: WORK_MS });
      const outcomes = await everybody(nodes, wanted, crowd, looping);
      const title = `${wanted.effort.waiting.tasks} looping in a process, ${nodesIn(nodes)}`;
      return { text: loopTable(title, outcomes), rows: rowsOf(outcomes) };
    },
  };
}

/** Processes want the lock again and again, each in so many tasks. */
export function processesOn(nodes: number, tasks: number): Section {
  const id = `waiting-processes-${tasks}-${nodes}`;
  return {
    id,
    async measure(wanted) {
      const { processes } = wanted.effort.waiting;
      const outcomes = await everybody(nodes, wanted, () => ({ processes, tasks, workMs: WORK_MS }), looping);
      const title = `${processes} processes × ${tasks}, ${nodesIn(nodes)}`;
      const table: Table = {
        text: loopTable(title, outcomes),
        rows: rowsOf(outcomes),
        targets: loopTargets(title, outcomes, MOST_COMMANDS),
      };
      if (tasks > 1) return table;
      return {
        ...table,
        plots: [ownersPlot(id, title, outcomes), timelinePlot(id, title, outcomes, processes)],
      };
    },
  };
}

/** One after the other, over the same servers. */
async function everybody(
  nodes: number,
  { effort, wantsContestant }: Wanted,
  crowd: (waiting: WaitingEffort) => Crowd,
  measure: (id: WaiterId, crowd: Crowd, servers: WaitingServers, effort: Effort) => Promise<Outcome>,
): Promise<Outcome[]> {
  await using servers = await WaitingServers.start(nodes);
  const outcomes: Outcome[] = [];
  for (const id of waitersOn(nodes).filter((each) => wantsContestant(waiter(each).contestant)))
    outcomes.push(await measure(id, crowd(effort.waiting), servers, effort));
  return outcomes;
}
