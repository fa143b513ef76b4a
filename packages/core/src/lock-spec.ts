import { Batch } from "./batch.ts";
import type { Clock } from "./clock.ts";
import { Deadlines } from "./deadlines.ts";
import { fenceKey } from "./fence-key.ts";
import { InFlight } from "./in-flight.ts";
import { Lifetime } from "./lifetime.ts";
import type { RedisNode } from "./node.ts";
import { NodeHealth } from "./node-health.ts";
import type { Settings } from "./settings.ts";
import { Calls } from "./waiting/calls.ts";
import { Queue } from "./waiting/queue.ts";
import { queueKey } from "./waiting/queue-key.ts";
import { WakeUps } from "./wake-ups.ts";
import { isOnWorkers } from "./workers.ts";

/** A node, and the batch of what it is asked. */
interface Voter {
  readonly health: NodeHealth;
  readonly batch: Batch;
}

/** One name on one node. */
export interface NodeKey extends Voter {
  readonly name: string;
  /** With fencing: the key of the name's fence. */
  readonly fence: string | undefined;
  /** The key of the name's queue, if it can have one. */
  readonly queue: string | undefined;
  /** The name's place among the names of its lock, and this key's place among the keys. */
  readonly nameIndex: number;
  readonly index: number;
}

/** The nodes of one `Redsync`, with what every round over them needs. */
export interface RedsyncContext {
  readonly voters: readonly Voter[];
  readonly clock: Clock;
  readonly inFlight: InFlight;
  readonly deadlines: Deadlines;
  /** By which locks renew themselves. */
  readonly wakeUps: WakeUps;
  /** Those that wait for a name in this process; none on Workers, where nothing is shared between requests. */
  readonly queue: Queue | undefined;
  /** How nodes call them. */
  readonly calls: Calls;
  /** Whether they may still lock, what waits and what is held. */
  readonly lifetime: Lifetime;
  /** The last values that the user generated. */
  readonly usedValues: Set<string>;
}

/** What a mutex locks, and how: its names on the nodes. */
export interface LockSpec {
  readonly context: RedsyncContext;
  readonly settings: Settings;
  /** All names in one, for messages and events. */
  readonly name: string;
  readonly names: readonly string[];
  readonly keys: readonly NodeKey[];
}

/** A name of the lock on one of the nodes. */
export function keyOf({ keys, names, context }: LockSpec, node: number, name: string): NodeKey | undefined {
  return keys[names.indexOf(name) * context.voters.length + node];
}

/** What core needs to ask these nodes, by this clock. */
export function contextOf(nodes: readonly RedisNode[], clock: Clock): RedsyncContext {
  const voters = nodes.map((node, index) => {
    const health = new NodeHealth(node, index);
    return { health, batch: new Batch(health, clock) };
  });
  const calls = new Calls(
    voters.map(({ health }) => health),
    clock,
  );
  const lifetime = new Lifetime(clock, !isOnWorkers());
  return {
    voters,
    clock,
    inFlight: new InFlight(clock),
    deadlines: new Deadlines(clock, !isOnWorkers()),
    wakeUps: new WakeUps(clock, !isOnWorkers()),
    queue: isOnWorkers() ? undefined : new Queue(clock, (name) => !calls.serves(name), lifetime),
    calls,
    lifetime,
    usedValues: new Set(),
  };
}

/** What `names` and `settings` come to on the nodes. */
export function specOf(context: RedsyncContext, names: readonly string[], settings: Settings): LockSpec {
  const keys: NodeKey[] = [];
  for (let nameIndex = 0; nameIndex < names.length; nameIndex++) {
    const name = names[nameIndex] as string;
    const fence = settings.fencing ? fenceKey(name) : undefined;
    const queue = queueKey(name);
    for (const { health, batch } of context.voters)
      keys.push({ health, batch, name, fence, queue, nameIndex, index: keys.length });
  }
  return {
    context,
    settings,
    name: names.length === 1 ? (names[0] as string) : names.join(", "),
    names,
    keys,
  };
}
