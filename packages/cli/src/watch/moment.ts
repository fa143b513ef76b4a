import { showRemaining } from "../duration.ts";
import type { Verdict } from "../inspect/look.ts";
import { showOwner } from "../inspect/show.ts";

/** Who has a name at one time. */
export interface Moment extends Verdict {
  readonly time: Date;
  /** How many nodes there are. */
  readonly nodes: number;
  /** Milliseconds. */
  readonly remaining: number;
  readonly waiters: number;
  readonly token: number | undefined;
}

/** Whether nothing has changed but the time that is left. A token tells two locks of one owner apart. */
export function samePhase(one: Moment, other: Moment): boolean {
  return (["status", "owner", "votes", "waiters", "token"] as const).every((key) => one[key] === other[key]);
}

/** On one line. */
export function textOf(moment: Moment): string {
  return `${moment.time.toISOString()}  ${summaryOf(moment)}`;
}

/** Who has it, how many wait, and which token is the last. */
export function summaryOf({ status, owner, votes, nodes, remaining, waiters, token }: Moment): string {
  const parts = [whoOf(status, owner)];
  if ((status === "held" || status === "reserved") && remaining !== Infinity)
    parts.push(showRemaining(remaining));
  if (nodes > 1 && votes > 0) parts.push(`${votes} of ${nodes} nodes say so`);
  if (waiters > 0) parts.push(waiters === 1 ? "1 waits" : `${waiters} wait`);
  if (token !== undefined) parts.push(`token ${token}`);
  return parts.join(", ");
}

function whoOf(status: Verdict["status"], owner: string | undefined): string {
  if (status === "held") return `held by ${showOwner(owner)}`;
  if (status === "reserved") return "reserved for the first in its queue";
  if (status === "split") return "split: no quorum of the nodes agrees";
  return status === "unknown" ? "unknown: too few nodes answer" : "free";
}
