import { hundredths, tenths, whole } from "../figures.ts";
import type { Section } from "../section.ts";
import { table } from "../table.ts";
import type { Target } from "../targets.ts";
import { atLeast, atMost, ratio } from "../verdict.ts";
import { looping } from "./measure.ts";
import type { Counted, Outcome } from "./outcome.ts";
import { WaitingServers } from "./servers.ts";
import { targetOf } from "./targets.ts";

/** Little enough to be the noise of a run: a crowd is to cost no more than a few. */
const NO_LESS = 0.9;
const NO_MORE = 1.1;

/** Ours alone: a crowd in one process on one name. */
export const crowdSection: Section = {
  id: "waiting-crowd",
  async measure({ effort }) {
    const { tasks, crowd, crowdWarmUpMs: warmUpMs, crowdWindowMs: windowMs } = effort.waiting;
    await using servers = await WaitingServers.start(1);
    const measured: { readonly tasks: number; readonly outcome: Outcome }[] = [];
    for (const waiting of [tasks, crowd / 2, crowd, 3 * crowd, 10 * crowd]) {
      const size = { processes: 1, tasks: waiting, workMs: 1 };
      const outcome = await looping("redsync", size, servers, effort, { warmUpMs, windowMs });
      measured.push({ tasks: waiting, outcome });
    }
    const countedOf = (size: number) => measured.find((each) => each.tasks === size)?.outcome.counted;
    const [few, many, most] = [tasks, crowd, 10 * crowd].map(countedOf);
    return {
      text: crowdTable(measured),
      rows: measured.map(({ tasks, outcome: { counted, failure } }) => ({
        title: `${tasks} waiting`,
        measured: counted && turns(counted),
        failure,
      })),
      targets: few && many && most ? crowdTargets(few, many, most, effort.waiting) : [],
    };
  },
};

function crowdTable(measured: readonly { readonly tasks: number; readonly outcome: Outcome }[]): string {
  const head = [
    "tasks",
    "turns/s",
    "commands/turn and node",
    "server CPU µs/turn",
    "heap bytes/task",
    "overlaps",
  ];
  const body = measured.map(({ tasks, outcome: { counted, failure = "not known" } }) =>
    counted === undefined
      ? [whole.format(tasks), failure]
      : [
          whole.format(tasks),
          whole.format(turns(counted)),
          hundredths(counted.commands),
          tenths.format(counted.serverCpu),
          whole.format(counted.heapPerTask ?? 0),
          whole.format(counted.overlaps),
        ],
  );
  return `### A crowd on one name in one process, **redsync**, 1 node\n\n${table(head, body)}\n`;
}

function crowdTargets(
  few: Counted,
  many: Counted,
  most: Counted,
  { tasks, crowd }: { readonly tasks: number; readonly crowd: number },
): Target[] {
  const who = `${whole.format(10 * crowd)} waiting in a process`;
  const speed = turns(most) / turns(few);
  const commands = most.commands / few.commands;
  const bytes = (most.heapPerTask ?? 0) / (many.heapPerTask ?? 0);
  return [
    targetOf(`${who}: turns a second`, atLeast(NO_LESS, speed, ratio), {
      unit: `× with ${tasks}`,
      measured: hundredths(speed),
      beside: `${whole.format(turns(most))} and ${whole.format(turns(few))}`,
    }),
    targetOf(`${who}: commands a turn`, atMost(NO_MORE, commands, ratio), {
      unit: `× with ${tasks}`,
      measured: hundredths(commands),
      beside: `${hundredths(most.commands)} and ${hundredths(few.commands)}`,
    }),
    targetOf(`${who}: heap a task`, atMost(NO_MORE, bytes, ratio), {
      unit: `× with ${whole.format(crowd)}`,
      measured: hundredths(bytes),
      beside: `${whole.format(most.heapPerTask ?? 0)} and ${whole.format(many.heapPerTask ?? 0)} bytes`,
    }),
  ];
}

function turns({ acquired, seconds }: Counted): number {
  return acquired / seconds;
}
