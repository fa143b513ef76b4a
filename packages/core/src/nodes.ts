import type { Clock } from "./clock.ts";
import { fenceOf } from "./fence.ts";
import { type Link, linkTo } from "./link.ts";
import type { RedisNode } from "./node.ts";
import type { Settings } from "./options.ts";
import { type Ledger, ledgerBy } from "./work.ts";

/** A node's vote on a name. */
export interface Seat {
  readonly link: Link;
  readonly name: string;
  /** Where the name stands among the names of its target, and the seat among the seats. */
  readonly of: number;
  readonly at: number;
}

/** The nodes of one `Redsync`, with what every round over them needs. */
export interface Nodes {
  readonly links: readonly Link[];
  readonly clock: Clock;
  /** All that is under way. */
  readonly ledger: Ledger;
  /** The values that the user generated, the last ones. */
  readonly used: Set<string>;
}

/** Names on some nodes, and how to lock them. */
export interface Target extends Nodes, Settings {
  /** All names in one, for messages and events. */
  readonly name: string;
  readonly names: readonly string[];
  /** The keys of the names' fences, with fencing. */
  readonly fences: readonly string[] | undefined;
  readonly seats: readonly Seat[];
}

/** What core needs to ask these nodes, by this clock. */
export function nodesOf(nodes: readonly RedisNode[], clock: Clock): Nodes {
  return { links: nodes.map(linkTo), clock, ledger: ledgerBy(clock), used: new Set() };
}

/** What `names` and `settings` come to on the nodes. */
export function targetOf(nodes: Nodes, names: readonly string[], settings: Settings): Target {
  const { links } = nodes;
  const seats = names.flatMap((name, of) =>
    links.map((link) => ({ link, name, of, at: of * links.length + link.index })),
  );
  const fences = settings.fencing ? names.map(fenceOf) : undefined;
  return { ...nodes, ...settings, name: names.join(", "), names, fences, seats };
}
