import { setTimeout as pause } from "node:timers/promises";
import type { Inside } from "./inside.ts";
import type { Round, Tally } from "./protocol.ts";
import type { Take } from "./takers.ts";

/** Whoever is refused for good begins again after so long: it has given up, and is not to poll without a pause. */
const AFTER_GIVING_UP_MS = 100;

/** What the tasks of a process have done since the count began. */
export class Tasks {
  readonly #take: Take;
  readonly #inside: Inside;
  readonly #process: number;
  #began = performance.now();
  #lastUnlock = this.#began;
  #isOver = false;
  #workMs = 0;
  #waits: number[] = [];
  #before = 0;
  #gaveUp = 0;
  #error: string | undefined;
  #overlaps = 0;
  /** Since when each task waits, by its number. */
  readonly #waiting = new Map<number, number>();

  constructor(take: Take, inside: Inside, process: number) {
    this.#take = take;
    this.#inside = inside;
    this.#process = process;
  }

  /** Resolves once every task has had its turns. */
  async run({ name, tasks, turns, workMs }: Round): Promise<void> {
    await Promise.all(Array.from({ length: tasks }, (_, task) => this.#repeat(name, task, turns, workMs)));
  }

  /** Forgets the warm-up. */
  restart(): void {
    this.#began = performance.now();
    this.#lastUnlock = this.#began;
    this.#workMs = 0;
    this.#before += this.#waits.length;
    this.#waits = [];
    this.#gaveUp = 0;
    this.#error = undefined;
  }

  /** How often they had the lock since the count began. */
  get acquired(): number {
    return this.#waits.length;
  }

  end(): Tally {
    this.#isOver = true;
    const now = performance.now();
    const stillWaiting = Math.max(0, ...[...this.#waiting.values()].map((since) => now - since));
    // Nobody may have unlocked since the count began.
    const isDone = this.#waiting.size === 0 && this.#lastUnlock > this.#began;
    return {
      before: this.#before,
      acquired: this.acquired,
      ms: (isDone ? this.#lastUnlock : now) - this.#began,
      workMs: this.#workMs,
      waits: this.#waits,
      stillWaiting,
      gaveUp: this.#gaveUp,
      ...(this.#error !== undefined && { error: this.#error }),
      overlaps: this.#overlaps,
    };
  }

  async #repeat(name: string, task: number, turns: number, workMs: number): Promise<void> {
    for (let had = 0; !this.#isOver && (turns === 0 || had < turns); had++) {
      this.#waiting.set(task, performance.now());
      while (!this.#isOver && !(await this.#turn(name, task, workMs))) await pause(AFTER_GIVING_UP_MS);
    }
  }

  /** False if the call gave up. */
  async #turn(name: string, task: number, workMs: number): Promise<boolean> {
    const asked = performance.now();
    try {
      const release = await this.#take(name);
      const entered = performance.now();
      this.#waits.push(entered - (this.#waiting.get(task) ?? asked));
      this.#waiting.delete(task);
      await this.#work(task, workMs);
      this.#workMs += performance.now() - entered;
      await release();
      this.#lastUnlock = performance.now();
      return true;
    } catch (error) {
      this.#gaveUp++;
      this.#error ??= error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      // A failed unlock is none: the turn was had.
      return !this.#waiting.has(task);
    }
  }

  async #work(task: number, workMs: number): Promise<void> {
    const [isShared] = await Promise.all([this.#inside.enter(`${this.#process}.${task}`), pause(workMs)]);
    if (isShared) this.#overlaps++;
    await this.#inside.leave();
  }
}
