import type { Clock } from "./clock.ts";
import { Link } from "./link.ts";
import type { RedisNode } from "./node.ts";
import type { Settings } from "./options.ts";
import { Timers } from "./timers.ts";
import { Ledger } from "./work.ts";

/** A name on some nodes, and how to lock it. */
export interface Target {
  readonly nodes: Nodes;
  readonly name: string;
  readonly settings: Settings;
}

const REMEMBERED_VALUES = 1_024;

/** The nodes of one `Redsync`, with what every round over them needs. */
export class Nodes {
  readonly links: readonly Link[];
  readonly clock: Clock;
  /** Timers that keep the process alive: of rounds. */
  readonly timers: Timers;
  /** Timers that do not. */
  readonly background: Timers;
  readonly ledger: Ledger;
  readonly #used = new Set<string>();
  #moment = 0;

  constructor(nodes: readonly RedisNode[], clock: Clock) {
    const shared = globalThis.navigator?.userAgent !== "Cloudflare-Workers";
    this.links = nodes.map((node, index) => new Link(index, node, clock));
    this.clock = clock;
    this.timers = new Timers(clock, true, shared);
    this.background = new Timers(clock, false, shared);
    this.ledger = new Ledger(clock);
  }

  /**
   * Refuses a value that was used before. Whoever has the value has the lock: a second holder with the same one would be granted
   * it beside the first. The oldest are forgotten, so that nothing grows for ever.
   */
  use(value: string): void {
    if (this.#used.has(value)) throw new RangeError("generateValue must return a new value each time");
    this.#used.add(value);
    for (const oldest of this.#used) if (this.#used.size > REMEMBERED_VALUES) this.#used.delete(oldest);
  }

  /** A count that tells earlier from later, for less than a look at the clock. */
  nextMoment(): number {
    return ++this.#moment;
  }
}
