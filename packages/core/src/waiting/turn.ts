import type { Clock } from "../clock.ts";
import { delayAfter, type RetryDelay } from "../retry.ts";
import type { Place } from "./queue.ts";

/** How many pauses are drawn to tell how long all tries will take. */
const DRAWN = 100;

/** What is known of the tries of one that waits in line. It spends them by its own schedule, though only the first one asks. */
export class Tries {
  readonly #clock: Clock;
  readonly #tries: number;
  readonly #spentBefore: number;
  readonly #since: number;
  /** How long one takes, on average. */
  readonly #each: number;

  constructor(clock: Clock, tries: number, spent: number, retryDelay: RetryDelay) {
    this.#clock = clock;
    this.#tries = tries;
    this.#spentBefore = spent;
    this.#since = clock.monotonic();
    const draws = Math.min(DRAWN, tries - spent);
    let ms = 0;
    for (let number = spent; number < spent + draws; number++) ms += delayAfter(number, retryDelay);
    this.#each = Math.max(1, ms / Math.max(1, draws));
  }

  get spent(): number {
    const passed = Math.floor((this.#clock.monotonic() - this.#since) / this.#each);
    return Math.min(this.#tries, this.#spentBefore + passed);
  }

  /** Milliseconds until all are spent. */
  get left(): number {
    const end = this.#since + this.#each * (this.#tries - this.#spentBefore);
    return Math.max(0, end - this.#clock.monotonic());
  }
}

/**
 * Waits in line until it is time to ask, and starts to: when a lock of this process was released, in the same turn of the event loop; as
 * the first one also after a pause. Resolves to undefined if all tries are spent before that.
 */
export function whenItsTurn<T>(
  place: Place,
  clock: Clock,
  tries: Tries | undefined,
  pause: number,
  start: () => Promise<T>,
): { readonly turn: Promise<T | undefined>; readonly stop: () => void } {
  let stop = () => {};
  place.pause = pause;
  if (place.takeWake()) return { turn: start(), stop };
  const turn = new Promise<T | undefined>((resolve) => {
    let timer: unknown;
    const finish = (result: Promise<T> | undefined) => {
      stop();
      resolve(result);
    };
    let due = Infinity;
    const setTimer = (shortest?: number) => {
      clock.clearTimer(timer);
      if (place.isFirst) {
        const ms = shortest ?? place.shortestPause;
        due = clock.monotonic() + ms;
        timer = clock.setTimer(() => finish(start()), ms, true);
      } else if (tries && tries.left < Infinity)
        timer = clock.setTimer(() => finish(undefined), tries.left, true);
    };
    let stopListening = () => {};
    stop = () => {
      clock.clearTimer(timer);
      stopListening();
    };
    setTimer();
    const onHurry = (ms: number) => {
      if (clock.monotonic() + ms < due) setTimer(ms);
    };
    stopListening = place.listen(() => finish(start()), setTimer, onHurry);
  });
  return { turn, stop };
}
