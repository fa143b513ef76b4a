import type { Summary } from "./recording.ts";
import { seconds } from "./words.ts";

/** A sentence about a whole run, and whether it is good news. */
export interface Verdict {
  readonly tone: "good" | "bad" | "plain";
  readonly text: string;
}

const good = (text: string): Verdict => ({ tone: "good", text });
const bad = (text: string): Verdict => ({ tone: "bad", text });
const plain = (text: string): Verdict => ({ tone: "plain", text });

/** What a run came to. */
export function verdicts(summary: Summary): Verdict[] {
  const { twoValid, twoAtWork, accepted, refused, lostUpdates, grants } = summary;
  const list: Verdict[] = [];
  if (twoValid > 0) list.push(bad(`Two tasks had a valid lock at once, for ${seconds(twoValid)}.`));
  else list.push(good("No two tasks had a valid lock at once."));
  if (twoAtWork > twoValid)
    list.push(bad(`Two worked at once, for ${seconds(twoAtWork)}: one did not know that its lock was over.`));
  if (refused > 0) list.push(good(`The register refused ${count(refused, "late write")}.`));
  if (lostUpdates > 0)
    list.push(
      bad(
        `${count(lostUpdates, "update")} of ${accepted} got lost: written over by a task that had read the register before.`,
      ),
    );
  if (grants > 0) list.push(plain(describeWaiting(summary)));
  return list;
}

function describeWaiting({ grants, longestWait, overtakings, commandsPerGrant }: Summary): string {
  const order =
    overtakings === 0
      ? "in the order in which they were asked for"
      : `${overtakings} of them before somebody who had asked earlier`;
  return `${count(grants, "lock")}, ${order}; the longest wait ${seconds(longestWait)}, ${commandsPerGrant.toFixed(1)} commands for each.`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
