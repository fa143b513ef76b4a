import { startServers } from "@redsync/conformance/servers";
import { ToolMissing } from "./channel.ts";
import type { Effort } from "./effort.ts";
import type { Entrant } from "./entrant.ts";
import { ContestantFailed, runSlice, takeSeat } from "./seat.ts";
import { type Summary, summary } from "./statistics.ts";

/** A young generation so large that a sample ends before it is full: then the growth of the heap is what was allocated. */
const FLAGS = ["--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"];

/** A sample that a garbage collection came into says nothing, and is taken again: so many times at most. */
const ATTEMPTS_PER_SAMPLE = 5;

/** The bytes of heap that one pair allocates, client included, or why they are not known. */
export interface Allocation {
  readonly entrant: Entrant;
  readonly bytes?: Summary;
  readonly failure?: string;
  readonly lack?: string;
}

/** One contestant after the other, since nothing here depends on time. */
export async function allocations(
  entrants: readonly Entrant[],
  nodes: number,
  effort: Effort,
): Promise<Allocation[]> {
  const servers = await startServers(nodes);
  const ports = servers.map(({ port }) => port);
  const measured: Allocation[] = [];
  try {
    for (const entrant of entrants) {
      measured.push({ entrant, ...(await bytesPerPair(entrant, ports, effort)) });
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
  return measured;
}

async function bytesPerPair(
  entrant: Entrant,
  ports: readonly number[],
  effort: Effort,
): Promise<Omit<Allocation, "entrant">> {
  const { boundMs, warmUpMs, samples, pairs } = effort;
  try {
    using seat = await takeSeat(entrant, ports, effort, FLAGS);
    await runSlice(seat, warmUpMs, boundMs);
    const undisturbed: number[] = [];
    for (let left = ATTEMPTS_PER_SAMPLE * samples; left > 0 && undisturbed.length < samples; left--) {
      const report = await seat.ask({ do: "allocate", pairs }, boundMs);
      if (report.said === "allocated" && report.bytes !== null) undisturbed.push(report.bytes);
    }
    if (undisturbed.length === 0) return { failure: "every sample met a garbage collection" };
    return { bytes: summary(undisturbed) };
  } catch (error) {
    if (error instanceof ToolMissing) return { lack: error.message };
    if (error instanceof ContestantFailed) return { failure: error.message };
    throw error;
  }
}
