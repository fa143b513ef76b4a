import { type Allocation, allocations } from "./allocation.ts";
import type { ContestantId } from "./contestants.ts";
import { hundredths, range, whole } from "./figures.ts";
import type { Section } from "./section.ts";
import { table } from "./table.ts";
import type { Target } from "./targets.ts";
import { titleOf } from "./title.ts";
import { atMost, inOneCell, bytes as ofBytes, type Verdict } from "./verdict.ts";
import { nodesIn } from "./workloads.ts";

/** What is measured in one such section. */
interface Question {
  readonly id: string;
  readonly nodes: number;
  readonly against: "by-hand" | "redsync";
  readonly contestants: readonly ContestantId[];
  /** The most bytes that a pair of ours may take. */
  readonly limit?: number;
}

/** The heap that a pair takes: beside the commands by hand, or with features beside a plain lock. */
export function allocationOf(question: Question): Section {
  const { id, nodes, against, contestants, limit } = question;
  return {
    id,
    async measure({ effort, wantsContestant }) {
      const wanted = contestants
        .filter((contestant) => wantsContestant(contestant) || contestant === against)
        .map((contestant) => ({ contestant, inFlight: 1 }));
      const measured = await allocations(wanted, nodes, effort);
      return {
        text: allocationTable(question, measured),
        rows: measured.map(({ entrant: { contestant }, bytes, failure, lack }) => ({
          title: contestant,
          contestant,
          measured: bytes?.median,
          failure,
          lack,
        })),
        targets: limit === undefined ? [] : targetsOf(nodes, limit, measured),
      };
    },
  };
}

function bytesOf(id: ContestantId, measured: readonly Allocation[]): number | undefined {
  return measured.find(({ entrant }) => entrant.contestant === id)?.bytes?.median;
}

function allocationTable({ nodes, against, limit }: Question, measured: readonly Allocation[]): string {
  const floor = bytesOf(against, measured);
  const body = measured.map(({ entrant, bytes, failure, lack }) => {
    const title = titleOf(entrant.contestant, nodes);
    if (bytes === undefined) return [title, "not known", lack ?? failure ?? ""];
    const isLimited = limit !== undefined && entrant.contestant === "redsync";
    return [
      title,
      whole.format(bytes.median),
      range(bytes, whole.format),
      hundredths(floor && bytes.median / floor),
      inOneCell(isLimited ? atMost(limit, bytes.median, ofBytes) : undefined),
    ];
  });
  const [what, times] = against === "by-hand" ? ["", "× by hand"] : [" with features", "× plain"];
  const head = ["", "bytes/pair", "middle half", times, ...(limit === undefined ? [] : ["target"])];
  return `### Bytes of heap per pair${what}, ${nodesIn(nodes)}\n\n${table(head, body)}\n`;
}

function targetsOf(nodes: number, limit: number, measured: readonly Allocation[]): Target[] {
  const ours = bytesOf("redsync", measured);
  if (ours === undefined) return [];
  const { target, outcome }: Verdict = atMost(limit, ours, ofBytes);
  const written = (id: ContestantId) => whole.format(bytesOf(id, measured) ?? Number.NaN);
  return [
    {
      what: `Heap a pair, ${nodesIn(nodes)}`,
      target: `${target} bytes`,
      measured: whole.format(ours),
      outcome,
      beside: `by hand ${written("by-hand")}, with auto-pipelining ${written("by-hand-auto-pipelining")}`,
    },
  ];
}
