import type { Clock } from "../clock.ts";
import { delayAfter, type RetryDelay } from "../retry.ts";
import type { Place } from "./line.ts";

/** A timer may run that much early. */
const PRECISION_MS = 1;

/**
 * The tries of one that waits in line. It spends one whenever its own pause is over, be it that it asks then or somebody before it. What
 * it asks for the sake of those behind it costs it none.
 */
export class Tries {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #retryDelay: RetryDelay;
  #spent: number;
  #pause: number;
  /** When its pause is over. */
  #due: number;
  #isCounted = false;

  constructor(clock: Clock, most: number, spent: number, retryDelay: RetryDelay) {
    this.#clock = clock;
    this.#most = most;
    this.#spent = spent;
    this.#retryDelay = retryDelay;
    this.#pause = delayAfter(spent, retryDelay);
    this.#due = clock.monotonic() + this.#pause;
  }

  get spent(): number {
    return this.#spent;
  }

  get areSpent(): boolean {
    return this.#spent >= this.#most;
  }

  get pause(): number {
    return this.#pause;
  }

  /** Milliseconds until the next one is spent. Infinity if nobody counts. */
  get left(): number {
    return this.#most === Infinity ? Infinity : Math.max(0, this.#due - this.#clock.monotonic());
  }

  /** Counts what is spent by now, and no more than so many. */
  count(most: number = Infinity): void {
    const present = this.#clock.monotonic() + PRECISION_MS;
    for (let counted = 0; counted < most && this.#due <= present && !this.areSpent; counted++) {
      this.#spent++;
      this.#isCounted = true;
      if (this.areSpent) return;
      this.#pause = delayAfter(this.#spent, this.#retryDelay);
      this.#due += Math.max(PRECISION_MS, this.#pause);
    }
  }

  /** A try that was counted, and made, has ended: the pause begins now. */
  resume(): void {
    if (this.#isCounted) this.#due = this.#clock.monotonic() + this.#pause;
    this.#isCounted = false;
  }
}

/**
 * Waits in line until it is time to ask, and starts to: when a lock of this process was released, in the same turn of the event loop; as
 * the first one also after a pause, from when it `begin`s. Resolves to undefined if all tries are spent before that.
 */
export function whenItsTurn<T>(
  place: Place,
  clock: Clock,
  tries: Tries,
  start: () => Promise<T>,
): { readonly turn: Promise<T | undefined>; readonly begin: () => void; readonly stop: () => void } {
  place.pause = tries.pause;
  // While others get a turn it goes by its pause: nobody calls it for what its own process left free.
  const patience = () => (place.streak.isPausing ? undefined : place.patience);
  // As the first one it makes each try itself, however late that is.
  const mostAtOnce = place.isFirst && patience() === undefined ? 1 : Infinity;
  let begin = () => {};
  let stop = () => {};
  const turn = new Promise<T | undefined>((resolve, reject) => {
    let timer: unknown;
    let due = Infinity;
    let pausedAt = 0;
    let stopListening = () => {};
    stop = () => {
      clock.clearTimer(timer);
      stopListening();
    };
    // What a user's `retryDelay` throws is this call's, and not that of the call which unlocks, or of a timer.
    const guarded = (run: () => void) => () => {
      try {
        run();
      } catch (error) {
        stop();
        reject(error);
      }
    };
    const ask = guarded(() => {
      stop();
      tries.count(mostAtOnce);
      resolve(start());
    });
    const spend = guarded(() => {
      tries.count();
      if (tries.areSpent) resolve(undefined);
      else arm();
    });
    // One that has to wait for other calls of this process spends a try as if it had asked. With the last one it asks all the same.
    const waitOn = guarded(() => {
      tries.count(1);
      if (tries.areSpent) return ask();
      tries.resume();
      pause();
    });
    // In a busy process a timer of Node's runs as much too early as the turn that set it had taken by then.
    const isEarly = () => clock.monotonic() + PRECISION_MS < due;
    // Answers that came after the decision may say that nodes will call it.
    const hearLate = () => {
      if (!place.isFirst || place.streak.isPausing || place.patience !== undefined) return false;
      place.patience = place.entrant?.patience();
      due = pausedAt + (place.patience ?? 0);
      return isEarly();
    };
    const askInTime = () => {
      if (isEarly() || hearLate()) arm();
      else if (place.claim.make()) ask();
      else waitOn();
    };
    const arm = () => {
      clock.clearTimer(timer);
      const ms = due - clock.monotonic();
      // Whoever need not ask spends its tries all the same.
      const left = place.isFirst && patience() === undefined ? Infinity : tries.left;
      if (Math.min(ms, left) < Infinity)
        timer = clock.setTimer(ms <= left ? askInTime : spend, Math.max(0, Math.min(ms, left)), true);
    };
    const pauseFor = (ms: number) => {
      pausedAt = clock.monotonic();
      due = pausedAt + ms;
      arm();
    };
    const pause = () => pauseFor(place.isFirst ? (patience() ?? place.shortestPause) : Infinity);
    const hurry = (ms: number) => {
      if (patience() === undefined && clock.monotonic() + ms < due) pauseFor(ms);
    };
    begin = guarded(() => {
      if (place.takeWake()) return ask();
      pause();
      stopListening = place.listen(ask, pause, hurry);
    });
  });
  return { turn, begin, stop };
}
