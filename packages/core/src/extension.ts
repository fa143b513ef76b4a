import { Attempt } from "./attempt.ts";
import { elapsed } from "./clock.ts";
import { brief, ExtendFailedError, LockLostError } from "./errors.ts";
import type { Target } from "./nodes.ts";
import type { Round } from "./round.ts";
import { scripts } from "./scripts.ts";
import type { Work } from "./work.ts";

/** Asks every node to give our value its full expiry again; with `retakes`, also where nobody's value sits. */
export function extension(target: Target, value: string, work: Work, retakes: boolean): Attempt {
  const script = retakes ? scripts.acquire : scripts.extend;
  return new Attempt({ operation: "extend", script, target, value, work });
}

/** The verdict of an extension: nothing where it succeeded. Reads the clock after the replies. */
export function judgeExtension(
  { nodes, name, settings }: Target,
  round: Round,
  isAdoption: boolean,
): LockLostError | ExtendFailedError | undefined {
  const { tally } = round;
  if (tally.isLost) return lost(name, round);
  if (tally.isGranted && elapsed(nodes.clock, round.started) < settings.validity) return undefined;
  // An adoption that was confirmed too late is in doubt like one that was not: the value is still the giver's.
  if (tally.isGranted && !isAdoption) {
    return new LockLostError(`"${brief(name)}" was extended too late`, "expired", round.outcomes());
  }
  const votes = `${tally.granted} of ${tally.nodes} nodes extended it in time and ${tally.quorum} must`;
  return new ExtendFailedError(`could not extend "${brief(name)}", ${votes}`, round.outcomes());
}

/** The nodes rule out that a quorum has our value. */
export function lost(name: string, round: Round): LockLostError {
  const reason = round.tally.taken > 0 ? "taken" : "expired";
  return new LockLostError(`"${brief(name)}" is lost`, reason, round.outcomes());
}
