import type { Background } from "./background.ts";
import { UnlockFailedError } from "./errors.ts";
import type { NodeKey } from "./lock-spec.ts";
import type { Ownership } from "./ownership.ts";
import type { Round } from "./round.ts";
import type { UnlockResult } from "./votes.ts";

/** Releases all names of a lock on every node, and has the next of this process ask for them in the same turn of the event loop. */
export function releaseAll(ownership: Ownership, background: Background): Round {
  const { context, names, settings } = ownership.spec;
  const queue = settings.fair ? context.queue : undefined;
  const chosen = queue?.choose(names);
  // A node does not call whom the release itself enters: it is woken here. A node that is asked later calls whoever is first.
  let wakesNext = true;
  const enter = ({ name, health }: NodeKey) =>
    (wakesNext && queue?.entryAt(name, health.index, chosen)) || "";
  const round = ownership.release(background, { insists: true, enter });
  ownership.queued?.leave(background);
  // Behind the release, in the same turn: the next one's acquire goes in the same command.
  queue?.wake(names, ownership.streak, chosen);
  wakesNext = false;
  return round;
}

/** What came of it. Throws if too few nodes say so, or what a framework needs back. */
export function unlockResult(round: Round, isValid: boolean, held: number): UnlockResult {
  const { spec, votes, questions, elapsed: ms, platformError } = round;
  const { name, settings } = spec;
  const result = votes.released(isValid);
  if (result !== null) {
    settings.onEvent?.({ type: "released", name, result, ms, held });
    return result;
  }
  const error = new UnlockFailedError(name, "could not be unlocked", questions.outcomes());
  settings.onEvent?.({ type: "failed", name, code: error.code, ms, error });
  throw platformError?.error ?? error;
}
