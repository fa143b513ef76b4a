import { decidedOrEnd } from "./attempt.ts";
import type { Background } from "./background.ts";
import { LockFailedError } from "./errors.ts";
import type { Lease } from "./lease.ts";
import type { Ownership } from "./ownership.ts";
import type { Round } from "./round.ts";
import type { Wait } from "./wait.ts";

/** Asks the nodes whether a quorum of them has the value. Throws if not, or if nobody knows; `onLoss` sees to what is left then. */
export function verify(
  ownership: Ownership,
  lease: Lease,
  wait: Wait,
  background: Background,
  onLoss: (round: Round) => void,
): Promise<void> {
  lease.assertHeld();
  const round = ownership.ask({ operation: "verify", background });
  return decidedOrEnd(round, wait, () => {
    wait.throwIfAborted();
    if (round.platformError) throw round.platformError.error;
    const { isGranted, isLost } = round.votes;
    if (!lease.end && !isGranted) {
      const outcomes = round.questions.outcomes();
      if (!isLost) throw new LockFailedError(ownership.spec.name, "could not be verified", outcomes);
      const loss = lease.lose("was lost", outcomes);
      onLoss(round);
      throw loss;
    }
    lease.assertHeld();
  });
}
