import type { MutexOptions } from "../../src/index.ts";
import type { Weather } from "./network.ts";
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
  readonly pause: number;
  readonly crash: number;
  /** What is wrong with the clocks of processes, besides their rates: they stand still in sleep, or are set. */
  readonly clocks: "sound" | "suspended" | "stepped";
}

/** What the users of locks do, as chances. */
export interface Habits {
  readonly overstay: number;
  readonly extend: number;
  readonly extendTwice: number;
  readonly extendLate: number;
  readonly abandon: number;
  readonly handOver: number;
  readonly abort: number;
  readonly timeout: number;
  readonly tryLock: number;
}

/**
 * What a schedule is about. "calm": nothing goes wrong. "late undos": the undo of an old attempt comes after the grant of a
 * new one. "extensions": many of them, at once, around the moment when the lock ends. "heirs": locks change hands.
 */
export type Kind = "calm" | "late undos" | "extensions" | "heirs" | "any";

const kinds: readonly Kind[] = ["calm", "late undos", "extensions", "heirs", "any", "any", "any", "any"];

/** All that a seed decides before the first step. */
export interface Plan {
  readonly kind: Kind;
  readonly servers: number;
  readonly machines: number;
  readonly contenders: number;
  readonly rounds: number;
  readonly names: number;
  readonly options: MutexOptions &
    Required<Pick<MutexOptions, "expiry" | "driftFactor" | "timeoutFactor" | "tries">>;
  readonly weather: Weather;
  readonly troubles: Troubles;
  readonly habits: Habits;
}

const noTroubles: Troubles = {
  freeze: 0,
  restart: 0,
  delayedRestart: 0,
  forget: 0,
  cut: 0,
  flushScripts: 0,
  pause: 0,
  crash: 0,
  clocks: "sound",
};

/** The plan of a seed. Every seed turns some dangers on and the others off: together they would hide each other. */
export function planOf(seed: number, random: Random): Plan {
  const kind = kinds[seed % kinds.length] as Kind;
  const isStaged = kind === "extensions" || kind === "heirs";
  const options = optionsOf(kind, random);
  return {
    kind,
    // With few nodes each of them counts.
    servers: random.pick(isStaged ? [1, 2, 2, 3] : [1, 2, 3, 3, 3, 4, 5, 5]),
    machines: random.integer(1, 3),
    contenders: random.integer(2, 4),
    rounds: random.integer(1, 3),
    names: random.pick([1, 1, 1, 2]),
    options,
    weather: weatherOf(kind, options, random),
    troubles: kind === "calm" || isStaged ? noTroubles : troublesOf(random),
    habits: habitsOf(kind, random),
  };
}

/** The first seeds, or the first ones of a kind. */
export function* seeds(count: number, kind?: Kind): Generator<number> {
  const first = kind === undefined ? 1 : kinds.indexOf(kind);
  const step = kind === undefined ? 1 : kinds.length;
  for (let i = 0; i < count; i++) yield first + i * step;
}

/** How long a round may take, as core has it. */
export function timeoutOf({ expiry, timeoutFactor }: Plan["options"]): number {
  return Math.max(expiry * timeoutFactor, Math.min(50, expiry / 2));
}

function optionsOf(kind: Kind, random: Random): Plan["options"] {
  const isCalm = kind === "calm";
  return {
    expiry: isCalm ? 300 : random.pick([60, 120, 300, 1_000]),
    driftFactor: random.pick([0.01, 0.05, 0.2]),
    timeoutFactor: isCalm ? 0.05 : random.pick(kind === "extensions" ? [0.2, 0.5] : [0.05, 0.2, 0.5, 0.95]),
    tries: isCalm ? Number.POSITIVE_INFINITY : random.integer(1, 6),
    failFast: random.chance(0.5),
    setNXOnExtend: random.chance(0.1),
  };
}

function weatherOf(kind: Kind, options: Plan["options"], random: Random): Weather {
  const timeout = timeoutOf(options);
  const isCalm = kind === "calm";
  const sometimes = (chance: number) => (!isCalm && random.chance(0.5) ? random.between(0, chance) : 0);
  return {
    keepsOrder: kind !== "late undos" && random.chance(0.5),
    resends: random.chance(0.5),
    heedsSignal: random.chance(0.5),
    ways: {
      usual: [0.01 * timeout, 0.2 * timeout],
      slow: [0.2 * timeout, timeout],
      stray: [0.5 * timeout, 2 * options.expiry],
    },
    slow: kind === "extensions" ? 0.5 : sometimes(0.5),
    stray: kind === "heirs" ? 0.15 : sometimes(0.15),
    lateUndo: kind === "late undos" ? 0.5 : 0,
    requestLoss: sometimes(0.15),
    replyLoss: sometimes(0.15),
    duplicate: sometimes(0.3),
    toldLoss: random.next(),
    refusal: sometimes(0.1),
  };
}

function troublesOf(random: Random): Troubles {
  const sometimes = () => (random.chance(0.35) ? random.next() : 0);
  return {
    freeze: sometimes(),
    restart: sometimes(),
    delayedRestart: sometimes(),
    forget: 0,
    cut: sometimes(),
    flushScripts: sometimes(),
    pause: sometimes(),
    crash: random.chance(0.2) ? 0.5 : 0,
    clocks: random.pick(["sound", "suspended", "stepped"]),
  };
}

function habitsOf(kind: Kind, random: Random): Habits {
  const sometimes = (chance: number) => (random.chance(0.5) ? random.between(0, chance) : 0);
  return {
    overstay: kind === "heirs" ? 0 : sometimes(0.5),
    extend: kind === "extensions" ? 1 : kind === "heirs" ? 0.7 : sometimes(1),
    extendLate: kind === "extensions" ? 0.5 : 0,
    extendTwice: kind === "extensions" ? 0.7 : sometimes(0.5),
    abandon: sometimes(0.2),
    handOver: kind === "heirs" ? 0.9 : sometimes(0.5),
    abort: kind === "calm" ? 0 : sometimes(0.5),
    timeout: kind === "calm" ? 0 : sometimes(0.5),
    tryLock: sometimes(0.5),
  };
}
