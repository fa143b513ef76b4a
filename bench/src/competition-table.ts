import type { Row } from "./comparison.ts";
import { contestant } from "./contestants.ts";
import { hundredths, range, significant, whole } from "./figures.ts";
import { table } from "./table.ts";
import { titleOf } from "./title.ts";
import { atLeast, inOneCell, ratio as ofRatios } from "./verdict.ts";
import type { Workload } from "./workloads.ts";

/** A workload's table. */
export function competitionTable({ title, nodes, features }: Workload, rows: readonly Row[]): string {
  const [against, ...last] = features
    ? ["× plain", "scripts/pair"]
    : ["× by hand", "× auto-pipelining", "target"];
  const head = ["", "pairs/s", "middle half", "CPU µs/pair", against, "middle half", ...last];
  const body = rows.map((row) => [
    features ? contestant(row.contestant).label : titleOf(row.contestant, nodes),
    ...measured(row),
    ...(features
      ? [hundredths(row.scripts)]
      : [hundredths(row.autoPipeliningRatio?.median), inOneCell(verdictOn(row))]),
  ]);
  return `### ${title}\n\n${table(head, body)}${remarks(rows, nodes)}\n`;
}

/** Whether a contestant reached its target, if it has one. */
export function verdictOn({ ratio, target }: Row) {
  return target === undefined ? undefined : atLeast(target, ratio?.median, ofRatios);
}

function measured({ pairsPerSecond, cpuPerPair, ratio, failure, lack }: Row): string[] {
  const rate = pairsPerSecond === undefined ? "–" : significant(pairsPerSecond.median);
  return [
    lack === undefined ? (failure === undefined ? rate : "failed") : "not run",
    range(pairsPerSecond, significant),
    cpuPerPair === undefined ? "–" : whole.format(cpuPerPair.median),
    hundredths(ratio?.median),
    range(ratio, hundredths),
  ];
}

/** Nobody's failure is hidden, nor that somebody was so slow that it was stopped early. */
function remarks(rows: readonly Row[], nodes: number): string {
  const rounds = Math.max(...rows.map((row) => row.rounds));
  const lines = rows.flatMap((row) => {
    const who = titleOf(row.contestant, nodes);
    if (row.lack !== undefined) return [`- ${who} did not run: ${row.lack}`];
    if (row.failure !== undefined) {
      const when = row.rounds === 0 ? "before the first round" : `in round ${row.rounds + 1}`;
      return [`- ${who} failed ${when}: ${row.failure}`];
    }
    return row.rounds < rounds
      ? [`- ${who} was stopped after ${row.rounds} of ${rounds} rounds: too slow`]
      : [];
  });
  return lines.length > 0 ? `\n\n${lines.join("\n")}` : "";
}
