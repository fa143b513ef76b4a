import type { Clock } from "../clock.ts";
import { Line, Place } from "./line.ts";
import type { Streak } from "./streak.ts";

/** Those of one `Redsync` that wait for names: one line for each name, in the order in which they came. */
export class Queue {
  readonly #clock: Clock;
  /** Whether a line has to make room for other processes: those that nodes cannot call. */
  readonly #makesRoom: boolean;
  readonly #lines = new Map<string, Line>();

  constructor(clock: Clock, makesRoom: boolean) {
    this.#clock = clock;
    this.#makesRoom = makesRoom;
  }

  /** Whether anybody waits for the name. */
  hasLine(name: string): boolean {
    return this.#lines.size > 0 && this.#lines.has(name);
  }

  /** A place at the end of the name's line. */
  join(name: string): Place {
    let line = this.#lines.get(name);
    if (line === undefined) {
      line = new Line(this.#clock, this.#makesRoom, () => this.#lines.delete(name));
      this.#lines.set(name, line);
    }
    return new Place(line);
  }

  /** A place in no line: several names are waited for by whoever wants them all. */
  joinAlone(): Place {
    return new Place(new Line(this.#clock, false, () => {}));
  }

  /** The entry of the first in line in that node's queue; nothing if nobody waits, or may be entered. */
  entryAt(name: string, node: number): string {
    if (this.#lines.size === 0) return "";
    return this.#lines.get(name)?.first?.entrant?.enterAt(node) ?? "";
  }

  /**
   * A lock of the name was released: the first in line may ask, in this very turn of the event loop. `streak` is that of the line in
   * which the lock was waited for.
   */
  wake(name: string, streak: Streak | undefined): void {
    if (this.#lines.size > 0) this.#lines.get(name)?.serve(streak);
  }
}
