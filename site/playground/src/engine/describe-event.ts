import type { FailedEvent, LostEvent, RedsyncEvent, ReleasedEvent } from "@redsync/core";
import type { Kind } from "./recording.ts";

const FAILURES: Readonly<Partial<Record<FailedEvent["code"], string>>> = {
  REDSYNC_EXTEND_FAILED: "cannot extend its lock: too few nodes answer",
  REDSYNC_UNLOCK_FAILED: "cannot unlock: too few nodes answer",
  REDSYNC_LOCK_FAILED: "gets no lock: too few nodes answer",
  REDSYNC_LOCK_TAKEN: "gets no lock: others had it to the end",
};

const LOSSES: Readonly<Record<LostEvent["reason"], string>> = {
  expired: "its time is over",
  taken: "somebody else has it",
  closed: "it is closed",
};

const RELEASES: Readonly<Record<ReleasedEvent["result"], string>> = {
  released: "unlocks",
  expired: "unlocks, and learns that its lock had ended",
  taken: "unlocks, and learns that somebody else has the lock",
};

/** What core says of a task, in words; nothing of what the task says itself. */
export function describeEvent(
  event: RedsyncEvent,
): { readonly kind: Kind; readonly text: string } | undefined {
  switch (event.type) {
    case "acquired":
      return undefined;
    case "contended":
      return { kind: "refusedAgain", text: "asks again, and is refused" };
    case "extended":
      return { kind: "extended", text: "extends its lock" };
    case "repaired":
      return {
        kind: "repaired",
        text: `gives its lock to node ${event.node + 1} again, which had forgotten it`,
      };
    case "lost":
      return { kind: "lost", text: `learns that its lock is lost: ${LOSSES[event.reason]}` };
    case "released":
      return { kind: "released", text: RELEASES[event.result] };
    case "failed":
      return { kind: "failed", text: FAILURES[event.code] ?? "fails" };
    case "nodeFailed":
      return { kind: "unheard", text: `gets no answer from node ${event.node + 1}` };
  }
}
