import { type Kind, quietKinds } from "./kinds.ts";
import type { Limits } from "./limits.ts";
import type { NetworkConditions } from "./network-conditions.ts";
import { type Behaviour, type Plan, type Troubles, timeoutOf } from "./plan.ts";
import type { Random } from "./random.ts";

const staged: readonly Kind[] = [...quietKinds, "extensions", "heirs"];
const fenced: readonly Kind[] = ["fences", "lost counters"];
/** There nodes come back empty. */
const empties: readonly Kind[] = ["lost counters", "late repairs"];
/** There locks are to be unbroken. */
const unbroken: readonly Kind[] = [
  ...fenced,
  "renewals",
  "repairs",
  "deletions",
  "late repairs",
  "scopes",
  "lines",
  "queues",
];

const noTroubles: Troubles = {
  freeze: 0,
  restart: 0,
  delayedRestart: 0,
  forget: 0,
  cut: 0,
  flushScripts: 0,
  wipe: false,
  tamper: false,
  pause: 0,
  deafness: 0,
  crash: 0,
  clocks: "sound",
};

export function optionsOf(kind: Kind, random: Random): Plan["options"] {
  const isQuiet = quietKinds.includes(kind) || kind === "queues";
  const expiries =
    kind === "lost counters" ? [1_000] : isQuiet || kind === "batches" ? [300] : [100, 120, 300, 1_000];
  const expiry = random.pick(expiries);
  // A lock of half the expiry has twice the factor.
  const factors =
    kind === "extensions" ? [0.2, 0.5] : kind === "batches" ? [0.05, 0.2] : [0.05, 0.2, 0.5, 0.95];
  const setNXOnExtend = !unbroken.includes(kind) && random.chance(0.1);
  const isFenced = fenced.includes(kind) || random.chance(0.4);
  const isBounded = random.chance(kind === "renewals" ? 0.4 : 0.2);
  const maxHold = random.between(0.5, 4) * expiry;
  return {
    expiry,
    driftFactor: random.pick([0.01, 0.05, 0.2]),
    timeoutFactor: isQuiet ? 0.05 : random.pick(factors),
    tries:
      kind === "calm" || ((kind === "lines" || kind === "queues") && random.chance(0.6))
        ? Number.POSITIVE_INFINITY
        : random.integer(1, 6),
    failFast: random.chance(0.5),
    setNXOnExtend,
    fencing: isFenced && !setNXOnExtend,
    ...(isBounded && kind !== "calm" && !setNXOnExtend && { maxHold }),
  };
}

export function networkOf(
  kind: Kind,
  isQuiet: boolean,
  options: Plan["options"],
  random: Random,
): NetworkConditions {
  const timeout = timeoutOf(options);
  const sometimes = (chance: number) => (!isQuiet && random.chance(0.5) ? random.between(0, chance) : 0);
  const isQueues = kind === "queues";
  const calls = (chance: number) => (random.chance(isQueues ? 0.4 : 0.2) ? random.between(0, chance) : 0);
  return {
    keepsOrder:
      kind !== "late undos" &&
      kind !== "late repairs" &&
      (kind !== "queues" || isQuiet) &&
      random.chance(0.5),
    resends: kind === "batches" || random.chance(0.5),
    heedsSignal: random.chance(0.5),
    ways: {
      usual: [0.01 * timeout, 0.2 * timeout],
      slow: [0.2 * timeout, timeout],
      stray: [0.5 * timeout, 2 * options.expiry],
    },
    slow: kind === "extensions" ? 0.5 : kind === "repairs" ? random.pick([0, 0.2]) : sometimes(0.5),
    stray: kind === "heirs" ? 0.15 : sometimes(isQueues ? 0.05 : 0.15),
    late:
      kind === "late undos"
        ? { release: 0.5 }
        : kind === "late repairs"
          ? { repair: 0.8 }
          : isQueues && !isQuiet
            ? { release: 0.05, acquire: 0.05 }
            : {},
    requestLoss: sometimes(isQueues ? 0.05 : 0.15),
    replyLoss: sometimes(isQueues ? 0.05 : 0.15),
    // A copy that comes first is what a command looks like that was sent again.
    duplicate: kind === "batches" ? random.between(0.1, 0.4) : sometimes(isQueues ? 0.1 : 0.3),
    reportedLoss: random.next(),
    refusal: sometimes(0.1),
    cutShort: kind === "batches" ? sometimes(0.2) : 0,
    lostCalls: random.pick([0, 0, calls(0.5), calls(1)]),
    doubledCalls: calls(0.5),
    lateCalls: calls(0.5),
    quotes: kind === "batches",
  };
}

export function troublesOf(kind: Kind, isQuiet: boolean, random: Random): Troubles {
  if (kind === "queues" && isQuiet) return ofProcesses(random);
  if (kind === "lines" && random.chance(0.4)) return { ...noTroubles, freeze: 0.7, restart: 0.7 };
  if (staged.includes(kind)) return { ...noTroubles, wipe: kind === "repairs", tamper: kind === "deletions" };
  const sometimes = () => (random.chance(0.35) ? random.next() : 0);
  return {
    freeze: sometimes(),
    restart: sometimes(),
    deafness: sometimes(),
    delayedRestart: empties.includes(kind) ? 1 : kind === "fences" ? 0 : sometimes(),
    forget: 0,
    cut: sometimes(),
    flushScripts: sometimes(),
    wipe: false,
    tamper: false,
    pause: sometimes(),
    crash: random.chance(0.2) ? 0.5 : 0,
    clocks: random.pick(["sound", "suspended", "stepped"]),
  };
}

/** Processes freeze and die, or nothing hears calls for a while. */
function ofProcesses(random: Random): Troubles {
  const sometimes = () => (random.chance(0.35) ? random.next() : 0);
  return { ...noTroubles, pause: sometimes(), crash: random.chance(0.4) ? 0.5 : 0, deafness: sometimes() };
}

/** Which processes have clients that can listen: all, some or none. */
export function listeningOf(kind: Kind, processes: number, random: Random): readonly boolean[] {
  const chance =
    kind === "lines" ? 0 : kind === "queues" ? random.pick([1, 1, 1, 0.5, 0]) : random.pick([0, 0, 1, 0.5]);
  return Array.from({ length: processes }, () => random.chance(chance));
}

export function behaviourOf(kind: Kind, { setNXOnExtend }: Plan["options"], random: Random): Behaviour {
  const sometimes = (chance: number) => (random.chance(0.5) ? random.between(0, chance) : 0);
  const isCalm = kind === "calm";
  const isQueues = kind === "queues";
  const isLine = kind === "lines" || isQueues;
  // The name goes from one to the next for a long time.
  const isBusy = isLine && random.chance(0.5);
  const isRenewing = ["renewals", "repairs", "deletions", "late repairs"].includes(kind);
  const renew = isRenewing ? 1 : sometimes(1);
  const using = kind === "scopes" ? 1 : sometimes(0.5);
  return {
    rest: isQueues ? 0.3 : kind === "lost counters" || kind === "lines" ? random.pick([0.5, 4]) : 0.5,
    overstay: kind === "heirs" || isBusy ? 0 : sometimes(0.5),
    extend: isBusy ? 0 : kind === "extensions" ? 1 : kind === "heirs" ? 0.7 : sometimes(1),
    extendLate: kind === "extensions" ? 0.5 : 0,
    extendTwice: kind === "extensions" ? 0.7 : sometimes(0.5),
    verify: kind === "deletions" ? 0.7 : sometimes(0.2),
    abandon: isBusy ? 0 : sometimes(0.2),
    handOver: kind === "heirs" ? 0.9 : isLine ? 0 : sometimes(0.5),
    abort: isCalm ? 0 : sometimes(0.5),
    timeout: isCalm ? 0 : sometimes(0.5),
    tryLock: sometimes(0.5),
    renew: setNXOnExtend || isLine ? 0 : renew,
    stay: isRenewing ? 6 : sometimes(3),
    using: setNXOnExtend || isLine ? 0 : using,
    readSignal: random.pick([0, 0.5, 1]),
    unfenced: kind === "lost counters" ? 0 : sometimes(0.3),
    together: kind === "batches" ? random.between(0.3, 0.9) : 0,
    queue: isQueues ? random.pick([0, 0.2]) : isLine ? 0.8 : 0,
    unfair: isQueues ? random.pick([0, 0, 0.3]) : 0,
    short: kind === "batches" ? random.pick([0, 0.5]) : 0,
  };
}

export function limitsOf(kind: Kind, names: number, random: Random): Limits {
  if (!random.chance(kind === "batches" ? 0.4 : kind === "names" || kind === "any" ? 0.1 : 0)) return {};
  const name = `name-${random.integer(0, names - 1)}`;
  return random.pick<Limits>([
    { forbidden: name },
    { noDigests: true },
    { otherType: name },
    { hasSlots: true },
    { moving: 0.5 },
    { most: 2 },
  ]);
}
