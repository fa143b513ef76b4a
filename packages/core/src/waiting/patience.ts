import type { Round } from "../round.ts";

/** Milliseconds for each place in the queue, so that those far behind in a long one ask seldom. */
const MS_PER_PLACE = 20;
/** The end of a TTL has passed for sure. */
const BEYOND_MS = 2;
/** By how much later each place comes at the end of a TTL. */
const SPREAD_MS = 2;

/**
 * For how long a waiter whose attempt was refused need not ask: a quorum of nodes has it in their queues, behind a holder whose release
 * will call it. It asks once in a quarter of an expiry all the same, and when the time of the holder is over; seldom if many are before
 * it. Undefined if it cannot be sure to be called. What nodes say after the decision counts too: with an even number of them, or several
 * names, a round is decided before a quorum has answered.
 */
export function pauseAfter({ spec, questions, votes }: Round): number | undefined {
  const { settings, names, context } = spec;
  const { length } = context.voters;
  let place = 0;
  let takenFor = -1;
  for (let name = 0; name < names.length; name++) {
    const asked = questions.all.slice(name * length, (name + 1) * length);
    const granted = asked.filter(({ told }) => told?.status === "ok").length;
    if (granted >= votes.quorum) continue;
    const called = asked.filter(
      ({ told }) => told?.taken && told.taken.who !== "foreign" && told.taken.place !== undefined,
    );
    // What was granted is undone, which enters it there.
    if (called.length + granted < votes.quorum) return undefined;
    for (const { told } of called) place = Math.max(place, told?.taken?.place ?? 0);
    // Some nodes do not tell.
    const left = called.map(({ detail }) => (Number.isNaN(detail) ? Infinity : detail)).sort((a, b) => a - b);
    takenFor = Math.max(takenFor, left[votes.quorum - granted - 1] ?? Infinity);
  }
  if (takenFor < 0) return undefined;
  const { expiry } = settings;
  const longest = Math.max(expiry / 4, Math.min(place * MS_PER_PLACE, 4 * expiry));
  // Not all at once: whoever asks has the first one called. But those before it may be dead.
  return Math.min(longest, takenFor + BEYOND_MS + place * SPREAD_MS);
}
