import type { Connection } from "../connection.ts";
import { showDuration } from "../duration.ts";
import { messageOf } from "../secrets.ts";
import type { Finding } from "./finding.ts";
import { inTime } from "./server.ts";

const TIMES = 20;

/** Compares round trips with `deadline`: for how long a round over all nodes waits, in ms. */
export async function checkLatency(
  { node, place }: Connection,
  name: string,
  deadline: number,
): Promise<Finding> {
  const all: number[] = [];
  try {
    for (let time = 0; time < TIMES; time++) {
      const started = performance.now();
      await inTime(node.send(["GET", name], { key: name }));
      all.push(performance.now() - started);
    }
  } catch (error) {
    return { check: "latency", node: place, verdict: "unknown", what: messageOf(error) };
  }
  return { ...judgeLatency(all, deadline), node: place };
}

/** What the round trips mean. */
export function judgeLatency(all: readonly number[], deadline: number): Finding {
  const sorted = all.toSorted((one, other) => one - other);
  const [median = 0, most = 0] = [sorted[sorted.length >> 1], sorted.at(-1)];
  const what = `round trips of ${showFine(median)}, at most ${showFine(most)}; a round waits for ${showDuration(deadline)}`;
  const advice =
    "raise expiry or timeoutFactor (a round waits for expiry × timeoutFactor), or use a nearer server";
  if (median >= deadline) return { check: "latency", verdict: "danger", what, advice };
  if (most >= deadline / 2) return { check: "latency", verdict: "warning", what, advice };
  return { check: "latency", verdict: "ok", what };
}

const showFine = (ms: number): string => (ms < 100 ? `${ms.toFixed(1)} ms` : showDuration(ms));
