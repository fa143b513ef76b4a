import { decidedOrEnd } from "./attempt.ts";
import type { Background } from "./background.ts";
import type { Shown } from "./commands.ts";
import type { LockSpec } from "./lock-spec.ts";
import type { NodeError, NodeOutcome } from "./node-error.ts";
import { Ownership } from "./ownership.ts";
import type { Wait } from "./wait.ts";

/** What one node has for one name, from `mutex.inspect()`. */
export type NodeInspection =
  | {
      readonly name: string;
      /** The node's position in the list that `Redsync` was given, from 0. */
      readonly node: number;
      /** "reserved": kept for a short while for the first in the queue, which was called. */
      readonly status: "free" | "held" | "reserved";
      /** The `owner` that the holder's value tells; undefined for one of another library, and for one that tells none. */
      readonly owner: string | undefined;
      /** For how many milliseconds the name is taken, unless it is unlocked or extended: Infinity without an expiry, 0 if it is free. */
      readonly remaining: number;
      /** How many processes wait in the node's queue for the name. */
      readonly waiters: number;
      /** With `fencing`: the last token that the node stored; undefined if there was none. */
      readonly token: number | undefined;
    }
  | {
      readonly name: string;
      readonly node: number;
      /** As in `NodeOutcome`: the node refused, or nobody knows. */
      readonly status: "failed" | "unknown";
      readonly error: NodeError;
    };

/** Asks every node what it has for every name, and changes nothing. Node by node, name by name. */
export function inspectNodes(
  spec: LockSpec,
  wait: Wait,
  background: Background,
): Promise<readonly NodeInspection[]> {
  const token = spec.settings.fencing ? 0 : undefined;
  const round = new Ownership(spec, "").ask({ operation: "inspect", background, token });
  return decidedOrEnd(round, wait, () => {
    wait.throwIfAborted();
    if (round.platformError) throw round.platformError.error;
    const outcomes = round.questions.outcomes();
    return round.questions.all.map(({ told }, index) =>
      inspectionOf(outcomes[index] as NodeOutcome, told?.shown),
    );
  });
}

function inspectionOf(outcome: NodeOutcome, shown: Shown | undefined): NodeInspection {
  const { name, node } = outcome;
  if ("error" in outcome) return { name, node, status: outcome.status, error: outcome.error };
  const { remaining = 0, who = "foreign", waiters = 0, token } = shown ?? {};
  const isReserved = who === "reserved" ? "reserved" : "held";
  const status = shown?.remaining === undefined ? "free" : isReserved;
  const owner = typeof who === "object" ? who.owner || undefined : undefined;
  return { name, node, status, owner, remaining, waiters, token };
}
