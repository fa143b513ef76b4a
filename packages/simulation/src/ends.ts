import type { Home } from "./caller.ts";
import type { Machine } from "./machine.ts";
import { Violation } from "./violation.ts";
import type { World } from "./world.ts";

/** What must come to an end: calls, values, and all that a process has under way. */
export class Ends {
  readonly #world: World;
  readonly #calls = new Map<Promise<unknown>, { machine: Machine; what: string }>();
  readonly #finished = new Map<string, Machine>();
  readonly #settling = new Set<Home>();

  constructor(world: World) {
    this.#world = world;
  }

  track<T>(machine: Machine, what: string, call: Promise<T>): Promise<T> {
    this.#calls.set(call, { machine, what });
    const done = () => this.#calls.delete(call);
    call.then(done, done);
    return call;
  }

  finished(machine: Machine, value: string): void {
    this.#finished.set(value, machine);
  }

  /** Nobody uses this process any more: all that it still has to do must come to an end, and leave nothing. */
  settle(home: Home): void {
    const { machine, redsync } = home;
    if (this.#settling.has(home)) return;
    this.#settling.add(home);
    const settled = this.track(machine, "settled()", redsync.settled());
    void settled.then(() => {
      if (!this.#world.isDeserted(home)) return this.#settling.delete(home);
      // Where time jumped, what should have been over long ago counts as over, though its timer has yet to fire.
      if (machine.isDisturbed) return;
      this.#world.saw("settled");
      const left = machine.timers.size;
      if (left > 0) this.#world.fail(new Violation("no timer left", `${left} on process ${machine.index}`));
    });
  }

  check(): void {
    const { journal, mayRetake, sights } = this.#world;
    for (const { machine, what } of this.#calls.values())
      if (!machine.isCrashed)
        throw new Violation("every call settles", `${what} on process ${machine.index}`);
    for (const [value, machine] of this.#finished)
      if (!machine.isCrashed) journal.checkFinished(value, mayRetake);
    // A process that crashes leaves what it has.
    if (sights.has("crashed") || mayRetake) return;
    for (const value of journal.values) journal.checkLeft(value);
  }
}
