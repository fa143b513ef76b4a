import type { MutexOptions } from "@redsync/core";
import { behaviourOf, limitsOf, listeningOf, networkOf, optionsOf, troublesOf } from "./draw.ts";
import { type Kind, kindOf, quietKinds } from "./kinds.ts";
import type { Limits } from "./limits.ts";
import type { NetworkConditions } from "./network-conditions.ts";
import type { Random } from "./random.ts";

/** What befalls servers and processes. Numbers are chances, weighed against each other for servers. */
export interface Troubles {
  readonly freeze: number;
  readonly restart: number;
  /** Restarts without data, after staying away for an expiry: the delayed restart that the algorithm asks for. */
  readonly delayedRestart: number;
  /** Restarts without data at once, which the algorithm forbids. */
  readonly forget: number;
  readonly cut: number;
  readonly flushScripts: number;
  /** All data gone at once, on one server after the other, and only when all of them had every lock. */
  readonly wipe: boolean;
  /** Deletes a name of a lock on so many servers that it is lost, or has somebody else take it there. */
  readonly tamper: boolean;
  readonly pause: number;
  /** A connection for messages breaks, for a while. */
  readonly deafness: number;
  readonly crash: number;
  /** What is wrong with the clocks of processes, besides their rates: they stand still in sleep, or are set. */
  readonly clocks: "sound" | "suspended" | "stepped";
}

/** What the users of locks do, as chances. */
export interface Behaviour {
  /** Expiries between two locks, at most. */
  readonly rest: number;
  readonly overstay: number;
  readonly extend: number;
  readonly extendTwice: number;
  readonly extendLate: number;
  /** Asks the nodes, besides after extensions. */
  readonly verify: number;
  readonly abandon: number;
  readonly handOver: number;
  readonly abort: number;
  readonly timeout: number;
  readonly tryLock: number;
  readonly renew: number;
  /** Expiries for which a lock that renews itself is kept besides, at most. */
  readonly stay: number;
  readonly using: number;
  /** Reads the lock's signal, early and late. */
  readonly readSignal: number;
  /** Has fencing off though the others have it on, as Go does. */
  readonly unfenced: number;
  /** Begins several calls in one turn of the event loop. */
  readonly together: number;
  /** Has several calls of one process wait for one name. */
  readonly queue: number;
  /** Wants locks of half the expiry. */
  readonly short: number;
  /** Stands in no queue: polls. */
  readonly unfair: number;
}

/** Options that every plan draws. */
type Given = "expiry" | "driftFactor" | "timeoutFactor" | "tries" | "fencing";

/** All that a seed decides before the first step. */
export interface Plan {
  readonly kind: Kind;
  readonly servers: number;
  readonly processes: number;
  readonly contenders: number;
  /** How many locks each contender wants, one after the other. */
  readonly turns: number;
  readonly names: number;
  /** What each server refuses for one of the keys. */
  readonly limits: readonly Limits[];
  /** Processes are Workers, where nothing is shared between requests. */
  readonly onWorkers: boolean;
  /** Which processes nodes can call. */
  readonly listening: readonly boolean[];
  /** Nothing befalls servers or commands; what happens to messages, and to processes, is another matter. */
  readonly isQuiet: boolean;
  /** The values are those that core makes: a wake may ask at once, and nobody but core knows whose they are. */
  readonly valuesOfCore: boolean;
  /** How many names one lock has at most. */
  readonly widest: number;
  /** Milliseconds by which the wall clocks of processes, and of servers, are off at most. */
  readonly processesOff: number;
  readonly serversOff: number;
  readonly options: MutexOptions & {
    readonly [Option in Given]: Exclude<MutexOptions[Option], undefined>;
  };
  readonly network: NetworkConditions;
  readonly troubles: Troubles;
  readonly behaviour: Behaviour;
}

/** The plan of a seed. Every seed turns some dangers on and the others off: together they would hide each other. */
export function planOf(seed: number, random: Random): Plan {
  const kind = kindOf(seed);
  const isQueues = kind === "queues";
  const isQuiet = quietKinds.includes(kind) || (isQueues && random.chance(0.6));
  const drawn = optionsOf(kind, random);
  // Where rounds are late, and names several, nobody may get all of them for as long as everybody tries.
  const options = isQueues && !isQuiet ? { ...drawn, tries: random.integer(2, 12) } : drawn;
  const contenders = random.integer(2, 4);
  const names = namesOf(kind, contenders, random);
  const servers = serversOf(kind, random);
  const processes = isQueues
    ? random.integer(2, 5)
    : kind === "lines"
      ? random.integer(1, 2)
      : random.integer(1, 3);
  const troubles = troublesOf(kind, isQuiet, random);
  return {
    kind,
    servers,
    processes,
    listening: listeningOf(kind, processes, random),
    isQuiet,
    contenders: isQueues ? random.integer(processes, 2 * processes) : contenders,
    turns: random.integer(1, kind === "fences" || kind === "lost counters" ? 4 : 3),
    names,
    limits: Array.from({ length: servers }, () => limitsOf(kind, names, random)),
    onWorkers: kind === "batches" && random.chance(0.3),
    valuesOfCore: (kind === "lines" || isQueues) && random.chance(0.5),
    widest:
      kind === "lines" || (isQueues && random.chance(0.7))
        ? 1
        : kind === "names" || kind === "deletions"
          ? names
          : random.pick([1, 1, names]),
    processesOff: random.pick([0, 100, 5_000, 300_000]),
    // Scores are the same on all nodes only while their clocks differ by less than a second.
    serversOff: random.pick(
      isQueues && options.tries === Number.POSITIVE_INFINITY ? [0, 300] : [0, 300, 120_000],
    ),
    options,
    network: networkOf(kind, isQuiet, options, random),
    troubles,
    behaviour: behaviourOf(kind, options, random),
  };
}

/** How long a round may take, as core has it. */
export function timeoutOf({ expiry, timeoutFactor }: Plan["options"]): number {
  return Math.max(expiry * timeoutFactor, 50);
}

/** With few nodes each of them counts. */
function serversOf(kind: Kind, random: Random): number {
  if (kind === "extensions" || kind === "heirs") return random.pick([1, 2, 2, 3]);
  if (kind === "repairs") return random.pick([3, 3, 4, 5]);
  if (kind === "queues") return random.pick([1, 1, 3, 3, 5]);
  if (kind === "lost counters" || kind === "lines") return random.pick([1, 2, 3]);
  return random.pick([1, 2, 3, 3, 3, 4, 5, 5]);
}

function namesOf(kind: Kind, contenders: number, random: Random): number {
  // Everybody has a name of his own.
  if (kind === "repairs" || kind === "deletions") return contenders;
  if (kind === "queues") return random.pick([1, 1, 2, 3]);
  return kind === "names" || kind === "batches" ? random.pick([2, 3, 4]) : random.pick([1, 1, 1, 2]);
}
