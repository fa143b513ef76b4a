import { goProgram } from "@redsync/interop/go";
import { describe, expect, it } from "vitest";
import { type ContestantId, contestant, mayHang } from "../src/contestants.ts";
import { quick } from "../src/effort.ts";
import { machine } from "../src/machine.ts";
import type { Table } from "../src/section.ts";
import { sections } from "../src/sections.ts";
import { NOBODY } from "../src/waiting/measure.ts";
import { workloads } from "../src/workloads.ts";

// Everything that `pnpm bench` measures, in a few short rounds: each row must be there, and nothing is said about its numbers.

const timeout = 20 * 60_000;

const go = await goProgram(quick.build);
const lack = "lack" in go ? go.lack : undefined;

const isGo = (id: ContestantId | undefined): boolean => id !== undefined && contestant(id).go !== undefined;

const measure = (id: string, wantsContestant: (id: ContestantId) => boolean = () => true) =>
  sections.find((section) => section.id === id)?.measure({ effort: quick, wantsContestant });

/** The targets that a section decides. */
const targets: Readonly<Record<string, readonly string[]>> = {
  "sequential-1": ["One after another, 1 node: ≥ 0.95 × by hand"],
  "sequential-3": ["One after another, 3 nodes: ≥ 0.95 × by hand at quorum"],
  "sequential-5": ["One after another, 5 nodes: ≥ 0.95 × by hand at quorum"],
  "in-flight-1": [
    "100 in flight, 1 node: ≥ 2.50 × by hand",
    "100 in flight, 1 node, ahead of every peer: ≥ 1.00 × the fastest",
  ],
  "in-flight-3": [
    "100 in flight, 3 nodes: ≥ 2.50 × by hand at quorum",
    "100 in flight, 3 nodes, ahead of every peer: ≥ 1.00 × the fastest",
  ],
  "stopped-5": ["One after another, 5 nodes of which 2 are stopped (SIGSTOP): ≥ 0.83 × by hand at quorum"],
  "stopped-command-timeout-5": [
    "One after another, 5 nodes of which 2 are stopped (SIGSTOP), `commandTimeout: 100`: ≥ 0.83 × by hand at quorum",
  ],
  "killed-5": ["One after another, 5 nodes of which 2 are killed (SIGKILL): ≥ 0.83 × by hand at quorum"],
  "many-names-1": ["100 names in one lock, 1 node: ≥ 1.50 × by hand"],
  cpu: [
    "CPU a pair, one after another, 1 node, Node 20: ≤ 1.40 × by hand",
    "CPU a pair, one after another, 1 node, Node 22: no target",
    "CPU a pair, one after another, 1 node, Node 24: ≤ 1.20 × by hand",
  ],
  "allocation-1": ["Heap a pair, 1 node: ≤ 14,000 bytes"],
  "traffic-1": [
    "Commands and bytes a pair, one after another, 1 node: no target",
    "Commands and bytes a pair, 100 in flight, 1 node: no target",
  ],
  "traffic-3": [
    "Commands and bytes a pair, one after another, 3 nodes: no target",
    "Commands and bytes a pair, 100 in flight, 3 nodes: no target",
  ],
  ...Object.fromEntries(
    [1, 3, 5].flatMap((nodes) => {
      const on = nodes === 1 ? "1 node" : `${nodes} nodes`;
      return [
        [`waiting-at-once-${nodes}`, [`5 arriving at once in a process, ${on}: ≤ 1.15 × the work`]],
        ...[1, 4].map((tasks) => [
          `waiting-processes-${tasks}-${nodes}`,
          [
            `2 processes × ${tasks}, ${on}: changes of owner: ≥ 7.00 × the best peer`,
            `2 processes × ${tasks}, ${on}: shares, from an equal one: ≤ 0.10 of it`,
            `2 processes × ${tasks}, ${on}: commands a turn and node: ≤ 4.50`,
          ],
        ]),
      ];
    }),
  ),
  "waiting-long": [
    "2 processes × 1, 1 node, 20 ms of work: commands a turn and node: ≤ 8.00",
    "2 processes × 1, 3 nodes, 20 ms of work: commands a turn and node: ≤ 8.00",
    "2 processes × 1, 5 nodes, 20 ms of work: commands a turn and node: ≤ 8.00",
    "2 processes × 4, 1 node, 20 ms of work: commands a turn and node: ≤ 8.00",
    "2 processes × 4, 3 nodes, 20 ms of work: commands a turn and node: ≤ 8.00",
  ],
  "waiting-crowd": [
    "1,000 waiting in a process: turns a second: ≥ 0.90 × with 5",
    "1,000 waiting in a process: commands a turn: ≤ 1.10 × with 5",
    "1,000 waiting in a process: heap a task: ≤ 1.10 × with 100",
  ],
  size: [
    "Size of **@redsync/core**, gzipped: ≤ 12,000 bytes",
    "Size of **@redsync/ioredis**, gzipped: ≤ 1,500 bytes",
    "Size of **@redsync/node-redis**, gzipped: ≤ 1,500 bytes",
    "Size of **@redsync/valkey-glide**, gzipped: ≤ 1,500 bytes",
    "Size of **@redsync/bun**, gzipped: ≤ 1,500 bytes",
    "Size of **@redsync/upstash**, gzipped: ≤ 1,500 bytes",
    "Size of **@redsync/memory**, without core, gzipped: ≤ 3,500 bytes",
  ],
};

/** Its targets, of which each was measured and has a verdict, if it has a limit. */
function targetsOf({ targets = [] }: Table): string[] {
  for (const { measured, target, outcome } of targets) {
    expect(measured).toMatch(/\d/);
    if (target !== undefined) expect(outcome).toMatch(/^(met|missed by [\d.,]+)$/);
  }
  return targets.map(({ what, target = "no target" }) => `${what}: ${target}`);
}

/** What is wrong with a table: a row that lacks its number, or text that is none. */
function complaints(id: string, { rows, text }: Table): string[] {
  const isLost = workloads.some((workload) => workload.id === id && workload.lost !== undefined);
  const unmeasured = rows
    .filter(({ contestant }) => lack === undefined || !isGo(contestant))
    .filter(({ contestant }) => !(isLost && contestant !== undefined && mayHang(contestant)))
    // Those that poll split the votes of several nodes among them, so that in so short a time nobody may have a quorum.
    .filter(({ contestant, failure }) => contestant === "redsync" || failure !== NOBODY)
    // Its failFast cancels commands that are under way, so that a node may have its unlock before its lock.
    .filter(({ contestant }) => contestant !== "go-redsync-fail-fast")
    .filter(({ measured, failure }) => failure !== undefined || !(Number(measured) > 0))
    .map(({ title, failure = "not measured" }) => `${title}: ${failure}`);
  return [...unmeasured, ...(text.match(/NaN|undefined|Infinity/g) ?? [])];
}

describe.concurrent("measures", () => {
  it.each(sections.map(({ id }) => id))("%s", { timeout }, async (id) => {
    const table = (await measure(id)) as Table;
    expect(complaints(id, table)).toEqual([]);
    expect(table.rows.length).toBeGreaterThan(4);
    expect(targetsOf(table)).toEqual(targets[id] ?? []);
    for (const { file, svg } of table.plots ?? []) {
      expect(file).toMatch(new RegExp(`^${id}-(makespan|owners|timeline)\\.svg$`));
      expect(svg).toMatch(/^<svg [^>]*aria-label="[^"]+".*redsync.*<\/svg>\n$/s);
      expect(svg.match(/NaN|undefined|Infinity/g)).toBeNull();
    }
    expect(table.text.split("\n").filter((line) => line.startsWith("| ")).length).toBe(table.rows.length + 2);
  });

  it("what the servers count, less the questions", { timeout }, async () => {
    const { rows } = (await measure("traffic-1", (id) => id === "by-hand")) as Table;
    // SET, EVALSHA, and the script's GET and DEL.
    expect(rows.map(({ measured }) => measured)).toEqual([4]);
  });

  it("on which machine", { timeout }, async () => {
    expect(await machine(quick)).toMatch(/^\d{4}-\d\d-\d\d: .+ cores?, .+Node \d.+Redis \d[\d.]+\.$/);
  });

  it.skipIf(lack !== undefined)(
    `go-redsync${lack === undefined ? "" : ` [skipped: ${lack}]`}`,
    { timeout },
    async () => {
      const { rows } = (await measure("sequential-3", isGo)) as Table;
      const inGo = rows.filter(({ contestant }) => isGo(contestant));
      expect(inGo.map(({ title }) => title)).toEqual([
        "go-redsync",
        "go-redsync-fail-fast",
        "go-redsync-rueidis",
        "go-redsync-valkey-go",
      ]);
      for (const { measured } of inGo) expect(measured).toBeGreaterThan(0);
    },
  );
});
