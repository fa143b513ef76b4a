import type { Process } from "./process.ts";

/** A call that waits for one name, as far as its user can tell. */
export class Waiter {
  readonly process: Process;
  readonly name: string;
  /** How long it pauses between two tries, in milliseconds of its process, at most. */
  readonly pause: number;
  /** It stands in queues, and its process can be called. */
  readonly isCalled: boolean;
  readonly isFair: boolean;
  /** Its number among all that began, and all that were asked for their pause. */
  readonly began: number;
  /** In true time. */
  readonly beganAt: number;
  readonly #lines: Lines;
  #joined: { readonly number: number; readonly at: number } | undefined;

  constructor(
    lines: Lines,
    process: Process,
    name: string,
    pause: number,
    isCalled: boolean,
    isFair: boolean,
  ) {
    this.#lines = lines;
    this.process = process;
    this.name = name;
    this.pause = pause;
    this.isCalled = isCalled;
    this.isFair = isFair;
    this.began = lines.count();
    this.beganAt = lines.now();
  }

  /** Core asks for its pause: it stands in line, for a while already if it asked the nodes first. */
  pauses(): void {
    this.#joined ??= { number: this.#lines.count(), at: this.#lines.now() };
  }

  /** Since when it is sure to be in line, in true time. */
  get joinedAt(): number | undefined {
    return this.#joined?.at;
  }

  /** Whether it was in line when the other one came. */
  isBefore(other: Waiter): boolean {
    return this.#joined !== undefined && this.#joined.number < other.began;
  }
}

/** Who waits for which name, in which process. */
export class Lines {
  readonly now: () => number;
  readonly #waiters = new Set<Waiter>();
  #counted = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  begin(process: Process, name: string, pause: number, isCalled = false, isFair = true): Waiter {
    const waiter = new Waiter(this, process, name, pause, isCalled, isFair);
    this.#waiters.add(waiter);
    return waiter;
  }

  end(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  /** Everybody who waits, in the order in which they came. */
  get all(): readonly Waiter[] {
    return [...this.#waiters].filter(({ process }) => !process.isCrashed);
  }

  /** Those who stand in line: not who polls. */
  of(process: Process, name: string): readonly Waiter[] {
    return this.all.filter((waiter) => waiter.isFair && waiter.process === process && waiter.name === name);
  }

  count(): number {
    return ++this.#counted;
  }
}
