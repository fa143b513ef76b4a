import type { Allocation } from "./allocation.ts";
import type { BundleSize, FileSize } from "./bundle-size.ts";
import type { Row } from "./comparison.ts";
import { type ContestantId, contestant } from "./contestants.ts";
import type { ImportTime } from "./import-time.ts";
import type { Summary } from "./statistics.ts";
import { table } from "./table.ts";
import type { Workload } from "./workloads.ts";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A workload's table. */
export function competition({ title, nodes, features }: Workload, rows: readonly Row[]): string {
  const last = features ? "commands/pair" : "target";
  const against = features ? "× plain" : "× by hand";
  const head = ["", "pairs/s", "middle half", "CPU µs/pair", against, "middle half", last];
  const body = rows.map((row) => [
    features ? contestant(row.contestant).label : name(row.contestant, nodes),
    ...measured(row),
    features ? (row.commands?.toFixed(2) ?? "–") : verdict(row.ratio, row.target),
  ]);
  return `### ${title}\n\n${table(head, body)}${remarks(rows, nodes)}\n`;
}

function measured({ pairsPerSecond, cpuPerPair, ratio, failure, lack }: Row): string[] {
  const rate = pairsPerSecond === undefined ? "–" : significant(pairsPerSecond.median);
  return [
    lack === undefined ? (failure === undefined ? rate : "failed") : "not run",
    range(pairsPerSecond, significant),
    cpuPerPair === undefined ? "–" : whole.format(cpuPerPair.median),
    ratio?.median.toFixed(2) ?? "–",
    range(ratio, (number) => number.toFixed(2)),
  ];
}

function verdict(ratio: Summary | undefined, target: number | undefined): string {
  if (target === undefined) return "";
  const wanted = `≥ ${target.toFixed(2)}`;
  if (ratio === undefined) return `${wanted}: not measured`;
  const missing = target - ratio.median;
  return missing <= 0 ? `${wanted}: met` : `${wanted}: missed by ${missing.toFixed(3)}`;
}

/** Nobody's failure is hidden, nor that somebody was so slow that it was stopped early. */
function remarks(rows: readonly Row[], nodes: number): string {
  const rounds = Math.max(...rows.map((row) => row.rounds));
  const lines = rows.flatMap((row) => {
    const who = name(row.contestant, nodes);
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

/** The table of what a pair allocates: beside the commands by hand, or with features beside a plain lock. */
export function allocationTable(
  nodes: number,
  against: "by-hand" | "redsync",
  allocations: readonly Allocation[],
): string {
  const baseline = allocations.find(({ contestant }) => contestant === against)?.bytes;
  const body = allocations.map(({ contestant, bytes, failure, lack }) => {
    if (bytes === undefined) return [name(contestant, nodes), "not known", lack ?? failure ?? ""];
    const times = baseline === undefined ? "–" : (bytes.median / baseline.median).toFixed(2);
    return [name(contestant, nodes), whole.format(bytes.median), range(bytes, whole.format), times];
  });
  const [what, times] = against === "by-hand" ? ["", "× by hand"] : [" with features", "× plain"];
  const title = `### Bytes of heap per pair${what}, ${nodes} ${nodes === 1 ? "node" : "nodes"}`;
  return `${title}\n\n${table(["", "bytes/pair", "middle half", times], body)}\n`;
}

/** The table of bundles. */
export function bundleTable(sizes: readonly BundleSize[]): string {
  const body = sizes.map(({ title, minified, gzipped, limit }) => {
    const over = limit === undefined ? 0 : gzipped - limit;
    const verdict = over > 0 ? `missed by ${whole.format(over)}` : "met";
    const target = limit === undefined ? "" : `≤ ${whole.format(limit)}: ${verdict}`;
    return [title, whole.format(minified), whole.format(gzipped), target];
  });
  const head = ["", "minified, bytes", "and gzipped", "target"];
  return `### Size of everything a package exports\n\n${table(head, body)}\n`;
}

/** The table of what core's files take in its bundle. */
export function fileTable(sizes: readonly FileSize[]): string {
  const total = sizes.reduce((sum, { minified }) => sum + minified, 0);
  const body = sizes.map(({ file, minified }) => [
    file,
    whole.format(minified),
    `${tenths.format((100 * minified) / total)} %`,
  ]);
  return `### Size of core, file by file\n\n${table(["", "minified, bytes", "share"], body)}\n`;
}

/** The table of import times. */
export function importTable(times: readonly ImportTime[]): string {
  const [empty, ...others] = times;
  const body = others.map(({ title, ms }) => [title, tenths.format(ms)]);
  const note = `Beyond the ${tenths.format(empty?.ms ?? Number.NaN)} ms of an empty process.`;
  return `### Import\n\n${note}\n\n${table(["", "ms"], body)}\n`;
}

/** What it waits for is part of the name where there is a difference. */
function name(id: ContestantId, nodes: number): string {
  const { label, waitsFor } = contestant(id);
  if (nodes === 1) return label;
  return `${label} (${waitsFor === "all" ? "waits for all" : "returns at quorum"})`;
}

function range(summary: Summary | undefined, format: (number: number) => string): string {
  return summary === undefined ? "–" : `${format(summary.p25)}–${format(summary.p75)}`;
}

function significant(number: number): string {
  return number < 10 ? number.toFixed(2) : whole.format(number);
}
