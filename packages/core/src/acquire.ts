import { type Attempt, attempt, giveBackLate } from "./attempt.ts";
import { failureOf, noLock, reportAcquired } from "./attempt-outcome.ts";
import type { Background } from "./background.ts";
import { type Moment, present } from "./clock.ts";
import type { CallFailure, Ending } from "./errors.ts";
import { freshValue } from "./fresh-value.ts";
import type { LockSpec } from "./lock-spec.ts";
import { delayAfter } from "./retry.ts";
import type { Wait } from "./wait.ts";
import type { Claim } from "./waiting/claims.ts";
import type { Place } from "./waiting/line.ts";
import { Tries, whenItsTurn } from "./waiting/turn.ts";
import { Waiter } from "./waiting/waiter.ts";

/**
 * Attempts until one succeeds, `tries` is spent, or the call times out. Rejects with the signal's reason when aborted.
 *
 * The first attempt is made at once, unless somebody of this `Redsync` waits for the name. Whoever is not granted it waits in line.
 */
export function acquire(spec: LockSpec, tries: number, wait: Wait, background: Background): Promise<Attempt> {
  return new Acquisition(spec, tries, wait, background).run();
}

class Acquisition {
  readonly #spec: LockSpec;
  readonly #tries: number;
  readonly #wait: Wait;
  readonly #background: Background;
  /** How many tries are spent, with the one that is made. */
  #number = 1;
  /** The start of the first attempt. */
  #first: Moment | undefined;
  #failure: CallFailure | undefined;
  #place: Place | undefined;
  /** What it wants, once others may have it. */
  #claim: Claim | undefined;
  /** What the nodes know of its place. */
  #waiter: Waiter | undefined;
  #lineTries: Tries | undefined;

  constructor(spec: LockSpec, tries: number, wait: Wait, background: Background) {
    this.#spec = spec;
    this.#tries = tries;
    this.#wait = wait;
    this.#background = background;
  }

  async run(): Promise<Attempt> {
    const { names, context } = this.#spec;
    const { queue, clock, lifetime } = context;
    lifetime.throwIfClosed();
    if (this.#mayQueue && (names.length > 1 || queue?.hasClaims)) this.#claim = queue?.claim(names);
    if (this.#mayQueue && (queue?.hasLine(names) || this.#claim?.make() === false)) {
      this.#first = present(clock);
      this.#place = this.#join();
    }
    let made: Attempt | undefined;
    try {
      made = this.#place === undefined ? await this.#attempt() : undefined;
      while (made?.result !== "acquired") made = await this.#attemptAgain(made);
      made.ownership.streak = this.#place?.streak;
      this.#waiter?.hold(made.ownership);
      reportAcquired(this.#spec, made, this.#number, this.#first ?? made.round);
      return made;
    } finally {
      const isGranted = made?.result === "acquired";
      if (!isGranted) this.#waiter?.leave(this.#background);
      this.#place?.leave(isGranted);
      if (this.#claim) queue?.leave(this.#claim, isGranted);
    }
  }

  /** One that makes a single attempt does not wait. For several names nodes must be able to call. */
  get #mayQueue(): boolean {
    const { names, settings, context } = this.#spec;
    return this.#tries > 1 && settings.fair && (names.length === 1 || context.calls.arePossible);
  }

  /** Stands in line from now on, if it may. */
  #join(): Place | undefined {
    const { context, names } = this.#spec;
    if (context.queue === undefined || !this.#mayQueue) return undefined;
    const { queue } = context;
    this.#claim ??= queue.claim(names);
    const place = queue.join(this.#claim);
    this.#waiter = new Waiter(this.#spec, context.calls, place, this.#first ?? present(context.clock));
    this.#waiter.begin();
    return place;
  }

  /** Makes an attempt; the commands of its first round are asked for before this returns, unless the user makes the values. */
  #attempt(): Promise<Attempt> {
    const value = freshValue(this.#spec);
    if (typeof value === "string") return this.#attemptWith(value);
    const { lifetime } = this.#spec.context;
    return lifetime.orClosed(this.#wait.orEnd(value)).then((value) => {
      this.#wait.throwIfAborted();
      lifetime.throwIfClosed();
      if (value !== undefined && !this.#wait.timedOut) return this.#attemptWith(value);
      if (this.#lineTries === undefined) this.#number--;
      throw this.#error("");
    });
  }

  async #attemptWith(value: string): Promise<Attempt> {
    this.#waiter?.ask();
    this.#claim?.ask();
    const made = await attempt(this.#spec, value, this.#number, this.#wait, this.#background, this.#waiter);
    this.#first ??= made.round;
    if (made.result === "acquired") this.#place?.asked(undefined);
    return made;
  }

  /** Waits for another attempt, or throws if there is none. */
  async #attemptAgain(made: Attempt | undefined): Promise<Attempt> {
    const wait = this.#wait;
    wait.throwIfAborted();
    this.#spec.context.lifetime.throwIfClosed();
    if (made) {
      // An attempt that the timeout cut short says less than the one before it.
      if (!wait.timedOut || this.#failure === undefined) {
        this.#failure = failureOf(this.#spec, made, this.#number);
        this.#place?.asked(this.#failure);
      }
      // The next attempt, be it of the next call, must not meet what this one still holds on nodes that answer.
      const isBarred = made.round.votes.isBarred || made.last.votes.isBarred;
      if (isBarred || this.#number >= this.#tries) {
        await wait.orEnd(made.undone);
        wait.throwIfAborted();
        throw this.#error(isBarred ? "a refusal that no retry can change" : "its tries");
      }
    }
    const place = this.#place ?? this.#join();
    // For those that come before the first one asks again.
    if (this.#place === undefined) place?.asked(this.#failure);
    this.#place = place;
    if (made) this.#waiter?.refused(made.round);
    const next = await (place ? this.#inLine(place, made) : this.#alone(made));
    // What was granted before an abort is its caller's: nobody else would give it back.
    if (next) return next;
    wait.throwIfAborted();
    throw this.#error("its tries");
  }

  async #alone(made: Attempt | undefined): Promise<Attempt | undefined> {
    const { context, settings } = this.#spec;
    const delay = delayAfter(this.#number, settings.retryDelay);
    await this.#wait.sleep(context.clock, delay, made?.undone, (run) => context.lifetime.onClose(run));
    this.#wait.throwIfAborted();
    context.lifetime.throwIfClosed();
    if (this.#wait.timedOut) return undefined;
    this.#number++;
    return this.#attempt();
  }

  async #inLine(place: Place, made: Attempt | undefined): Promise<Attempt | undefined> {
    const wait = this.#wait;
    const { context, settings } = this.#spec;
    const { clock, lifetime } = context;
    if (made) await wait.orEnd(made.undone);
    if (made && this.#claim) context.queue?.refused(this.#claim);
    this.#waiter?.waitHere();
    if (wait.isAborted || wait.timedOut) return undefined;
    lifetime.throwIfClosed();
    this.#lineTries ??= new Tries(clock, this.#tries, this.#number, settings.retryDelay);
    const tries = this.#lineTries;
    tries.resume();
    this.#waiter?.comeForward();
    const { turn, begin, stop } = whenItsTurn(place, clock, tries, () => {
      this.#number = tries.spent;
      return this.#attempt();
    });
    let next: Attempt | undefined;
    try {
      const ended = wait.orEnd(turn);
      // Not before that: an attempt takes its place at the end of the call, to be decided then.
      begin();
      next = await lifetime.orClosed(ended);
      if (next) return next;
      // Before a user's `retryDelay` is asked: what ended the call is its signal's reason.
      wait.throwIfAborted();
      tries.count();
      this.#number = tries.spent;
    } finally {
      stop();
      if (next === undefined) giveBackLate(turn, this.#background);
    }
  }

  /** The error of a call: why the last attempt failed, its own or that of the first in line, and what ended it. */
  #error(limit: string): Error {
    const place = this.#place;
    const { timedOut } = this.#wait;
    const ending: Ending = { attempts: this.#number, timedOut, before: place?.before ?? 0 };
    // What was said before a call of this process had the name is not so any more.
    const failure = place ? place.failure : this.#failure;
    const others = place && (place.isBehind ? "came before it" : "had it");
    return noLock(this.#spec, ending, this.#first, limit, failure, others);
  }
}
