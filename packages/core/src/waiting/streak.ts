/** How long a name goes from one to the next without a pause: other processes poll, and get nothing meanwhile. */
const SERVED_MS = 1_000;
/** The same once another process was seen to take the name in such a pause. */
const SERVED_BESIDE_OTHERS_MS = 100;

/**
 * For how long a name has gone from one call of this process to the next. A lock that was waited for carries it to its unlock: the line
 * may be empty meanwhile, and another one begin.
 */
export class Streak {
  #since: number | undefined;
  /** No lock of this process has the name. */
  #isReleased = false;
  #isBesideOthers = false;
  #isPausing = false;

  /** Whether others are to get a turn now. */
  get isPausing(): boolean {
    return this.#isPausing;
  }

  /** The name was released. Returns whether the next one may ask at once, or others are to get a turn: it `makesRoom` for them. */
  released(present: number, makesRoom: boolean): boolean {
    const most = this.#isBesideOthers ? SERVED_BESIDE_OTHERS_MS : SERVED_MS;
    this.#isReleased = true;
    if (!makesRoom || this.#since === undefined) this.#since = present;
    this.#isPausing = present - this.#since > most;
    if (this.#isPausing) this.#since = undefined;
    return !this.#isPausing;
  }

  /** The first in line asked. If a lock of this process has the name that says nothing of others. */
  asked(isGranted: boolean): void {
    if (!isGranted && this.#isReleased) this.#since = undefined;
    if (this.#isPausing) this.#isBesideOthers = !isGranted;
    this.#isPausing = false;
    if (isGranted) this.#isReleased = false;
  }
}
