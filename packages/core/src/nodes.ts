import type { Clock } from "./clock.ts";
import { fenceOf } from "./fence.ts";
import { Link } from "./link.ts";
import type { RedisNode } from "./node.ts";
import type { Settings } from "./options.ts";
import { Ledger } from "./work.ts";

/** A node's vote on a name. */
export interface Seat {
  readonly link: Link;
  readonly name: string;
  /** Where the name stands among the names of its target, and the seat among the seats. */
  readonly of: number;
  readonly at: number;
}

/** Names on some nodes, and how to lock them. */
export interface Target {
  readonly nodes: Nodes;
  /** All names in one, for messages and events. */
  readonly name: string;
  readonly names: readonly string[];
  /** The keys of the names' fences, with fencing. */
  readonly fences: readonly string[] | undefined;
  readonly seats: readonly Seat[];
  readonly settings: Settings;
}

/** What `names` and `settings` come to on the nodes. */
export function targetOf(nodes: Nodes, names: readonly string[], settings: Settings): Target {
  const { links } = nodes;
  const seats = names.flatMap((name, of) =>
    links.map((link) => ({ link, name, of, at: of * links.length + link.index })),
  );
  const fences = settings.fencing ? names.map(fenceOf) : undefined;
  return { nodes, name: names.join(", "), names, fences, seats, settings };
}

const REMEMBERED_VALUES = 1_024;

/** The nodes of one `Redsync`, with what every round over them needs. */
export class Nodes {
  readonly links: readonly Link[];
  readonly clock: Clock;
  /** All that is under way. */
  readonly ledger: Ledger;
  readonly #used = new Set<string>();

  constructor(nodes: readonly RedisNode[], clock: Clock) {
    this.links = nodes.map((node, index) => new Link(index, node));
    this.clock = clock;
    this.ledger = new Ledger(clock);
  }

  /**
   * Refuses a value that was used before. Whoever has the value has the lock: a second holder with the same one would be granted
   * it beside the first. All are forgotten now and then, so that nothing grows for ever.
   */
  use(value: string): void {
    if (this.#used.has(value)) throw new RangeError("generateValue must return a new value each time");
    if (this.#used.size >= REMEMBERED_VALUES) this.#used.clear();
    this.#used.add(value);
  }
}
