const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** By how much each pause is longer than the one before it. */
const FACTOR = 4;

/**
 * When a node's failures are reported. Every question to a node that is down fails, and a listener that logs each of them hides the outage
 * in its own noise: so the first one is reported at once, later ones after 1, 5 and 21 seconds, and then once a minute. A node that has
 * answered since, and failed nothing for a second, begins a new outage with its next failure.
 *
 * Plain data, no timer: requests on Workers may share it. Held by "an outage of a minute is reported in a handful of events".
 */
export class Outage {
  #failures = 0;
  #failedAt = Number.NEGATIVE_INFINITY;
  #reportedAt = Number.NEGATIVE_INFINITY;
  #pause = FIRST_PAUSE_MS;
  #hasAnswered = true;

  answered(): void {
    this.#hasAnswered = true;
  }

  /** A question failed. Returns how many have failed since the last report, if one is due now, and else 0. */
  count(present: number): number {
    const isNew = this.#hasAnswered && present - this.#failedAt >= FIRST_PAUSE_MS;
    this.#hasAnswered = false;
    this.#failedAt = present;
    this.#failures++;
    if (isNew) this.#pause = FIRST_PAUSE_MS;
    else if (present - this.#reportedAt < this.#pause) return 0;
    else this.#pause = Math.min(FACTOR * this.#pause, LONGEST_PAUSE_MS);
    const failures = this.#failures;
    this.#failures = 0;
    this.#reportedAt = present;
    return failures;
  }
}
