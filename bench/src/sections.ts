import { allocations } from "./allocation.ts";
import type { Arguments } from "./arguments.ts";
import { bundleSizes, coreFiles } from "./bundle-size.ts";
import { compare } from "./comparison.ts";
import { type ContestantId, contestantsOn, contestantsWithFeatures } from "./contestants.ts";
import { importTimes } from "./import-time.ts";
import { allocationTable, bundleTable, competition, fileTable, importTable } from "./report.ts";
import { compete } from "./rounds.ts";
import { type Workload, workloads } from "./workloads.ts";

/** What is measured together and shown as one table. */
export interface Section {
  /** What `--only` looks for. */
  readonly id: string;
  measure(wanted: Pick<Arguments, "effort" | "wantsContestant">): Promise<Table>;
}

/** A table, and what its rows come to. */
export interface Table {
  readonly text: string;
  readonly rows: readonly {
    readonly title: string;
    /** The first number of the row. */
    readonly measured?: number;
    /** Who it is, where it is a contestant. */
    readonly contestant?: ContestantId;
    readonly failure?: string;
    readonly lack?: string;
  }[];
}

const isPlain = (id: ContestantId): boolean => id === "redsync";

/** All that `pnpm bench` measures, in this order. */
export const sections: readonly Section[] = [
  ...workloads.map(competitionIn),
  allocationOn("allocation-1", 1, "by-hand", contestantsOn(1)),
  allocationOn("allocation-3", 3, "by-hand", contestantsOn(3)),
  allocationOn("allocation-features", 1, "redsync", contestantsWithFeatures()),
  {
    id: "size",
    async measure() {
      const sizes = await bundleSizes();
      const rows = sizes.map(({ title, gzipped }) => ({ title, measured: gzipped }));
      return { text: bundleTable(sizes), rows };
    },
  },
  {
    id: "size-of-files",
    async measure() {
      const sizes = await coreFiles();
      return {
        text: fileTable(sizes),
        rows: sizes.map(({ file, minified }) => ({ title: file, measured: minified })),
      };
    },
  },
  {
    id: "import",
    async measure({ effort }) {
      const times = importTimes(effort.imports);
      const [, ...packages] = times;
      // Less than an empty process takes is possible, in few runs of them.
      return {
        text: importTable(times),
        rows: packages.map(({ title, ms }) => ({ title, measured: Math.abs(ms) })),
      };
    },
  },
];

function competitionIn(workload: Workload): Section {
  return {
    id: workload.id,
    async measure({ effort, wantsContestant }) {
      const rows = compare(workload, await compete(workload, effort, wantsContestant));
      return {
        text: competition(workload, rows),
        rows: rows.map(({ pairsPerSecond, contestant, failure, lack }) => ({
          title: contestant,
          contestant,
          ...(pairsPerSecond !== undefined && { measured: pairsPerSecond.median }),
          ...(failure !== undefined && { failure }),
          ...(lack !== undefined && { lack }),
        })),
      };
    },
  };
}

function allocationOn(
  id: string,
  nodes: number,
  against: "by-hand" | "redsync",
  contestants: readonly ContestantId[],
): Section {
  return {
    id,
    async measure({ effort, wantsContestant }) {
      const wanted = contestants.filter(
        (id) => wantsContestant(id) || (against === "redsync" && isPlain(id)),
      );
      const measured = await allocations(wanted, nodes, effort);
      return {
        text: allocationTable(nodes, against, measured),
        rows: measured.map(({ contestant, bytes, ...missing }) => ({
          title: contestant,
          contestant,
          ...(bytes !== undefined && { measured: bytes.median }),
          ...missing,
        })),
      };
    },
  };
}
