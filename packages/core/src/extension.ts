import type { Target } from "./acquire.ts";
import { Attempt } from "./attempt.ts";
import { elapsed } from "./clock.ts";
import { call } from "./commands.ts";
import { brief, ExtendFailedError, LockLostError } from "./errors.ts";
import type { Round } from "./round.ts";
import { scripts } from "./scripts.ts";
import type { Work } from "./work.ts";

/** Asks every node to give our value its full expiry again; with `retakes`, also where nobody's value sits. */
export function extension(
  { nodes, name, settings }: Target,
  value: string,
  work: Work,
  retakes: boolean,
): Attempt {
  const script = retakes ? scripts.acquire : scripts.extend;
  const extend = call(script, name, [value, String(settings.expiry)]);
  return new Attempt(nodes, { operation: "extend", name, value, call: extend, settings, work });
}

/** The verdict of an extension: nothing where it succeeded. Reads the clock after the replies. */
export function judgeExtension(
  { nodes, name, settings }: Target,
  round: Round,
): LockLostError | ExtendFailedError | undefined {
  const { tally } = round;
  if (tally.isGranted) {
    if (elapsed(nodes.clock, round.started) < settings.validity) return undefined;
    return new LockLostError(`"${brief(name)}" was extended too late`, "expired", round.outcomes());
  }
  if (tally.isLost) {
    return new LockLostError(
      `"${brief(name)}" is lost`,
      tally.taken > 0 ? "taken" : "expired",
      round.outcomes(),
    );
  }
  const votes = `${tally.granted} of ${tally.nodes} nodes extended it and ${tally.quorum} must`;
  return new ExtendFailedError(`could not extend "${brief(name)}", ${votes}`, round.outcomes());
}
