import { hundredths, tenths, whole } from "../figures.ts";
import type { Section } from "../section.ts";
import { table } from "../table.ts";
import { nodesIn } from "../workloads.ts";
import { looping } from "./measure.ts";
import type { Counted, Outcome } from "./outcome.ts";
import { WaitingServers } from "./servers.ts";
import { commandTarget } from "./targets.ts";

/** The most commands of ours for a turn on each node, if others wait for a second and more. */
const MOST_COMMANDS = 8;

const settings = [
  { tasks: 1, nodes: 1 },
  { tasks: 1, nodes: 3 },
  { tasks: 1, nodes: 5 },
  { tasks: 4, nodes: 1 },
  { tasks: 4, nodes: 3 },
] as const;

/** What waiting costs ours if the work takes long: nobody polls meanwhile. */
export const longSection: Section = {
  id: "waiting-long",
  async measure({ effort }) {
    const { processes, longWorkMs, longWindowMs: windowMs } = effort.waiting;
    const measured: { readonly title: string; readonly outcome: Outcome }[] = [];
    for (const { tasks, nodes } of settings) {
      await using servers = await WaitingServers.start(nodes);
      const crowd = { processes, tasks, workMs: longWorkMs };
      const times = { warmUpMs: longWorkMs, windowMs };
      const outcome = await looping("redsync", crowd, servers, effort, times);
      measured.push({ title: `${processes} processes × ${tasks}, ${nodesIn(nodes)}`, outcome });
    }
    return {
      text: longTable(`**redsync**, ${longWorkMs} ms of work`, measured),
      rows: measured.map(({ title, outcome: { counted, failure } }) => ({
        title,
        measured: counted?.acquired,
        failure,
      })),
      targets: measured.flatMap(({ title, outcome: { counted } }) =>
        counted === undefined
          ? []
          : [commandTarget(`${title}, ${longWorkMs} ms of work`, commandsOf(counted), MOST_COMMANDS)],
      ),
    };
  },
};

function longTable(
  title: string,
  measured: readonly { readonly title: string; readonly outcome: Outcome }[],
): string {
  const head = ["", "turns", "changes of owner", "between turns, ms", "commands/turn and node", "overlaps"];
  const body = measured.map(({ title, outcome: { counted, failure = "not known" } }) =>
    counted === undefined
      ? [title, failure]
      : [
          title,
          whole.format(counted.acquired),
          whole.format(counted.changes),
          tenths.format(betweenTurns(counted)),
          hundredths(commandsOf(counted)),
          whole.format(counted.overlaps),
        ],
  );
  return `### ${title}\n\n${table(head, body)}\n`;
}

/** From one entry to the next, on average, in ms. */
function betweenTurns({ holdings, seconds }: Counted): number {
  const [first, last] = [holdings[0]?.at ?? 0, holdings.at(-1)?.at ?? 0];
  return holdings.length > 1 ? (last - first) / (holdings.length - 1) : seconds * 1_000;
}

/** What a turn costs each node: of so few turns those at the ends must not count as whole ones. */
function commandsOf(counted: Counted): number {
  return (counted.sent * betweenTurns(counted)) / (counted.seconds * 1_000);
}
