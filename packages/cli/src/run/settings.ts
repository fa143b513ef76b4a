import type { MutexOptions } from "@redsync/core";
import { A_HUNDRED_YEARS, EXPIRY, LONGEST, type Range, readDuration } from "../duration.ts";
import { defaultOwner } from "../owner.ts";
import { checkMutex, type NodeOptions } from "../session.ts";
import { usageError } from "../status.ts";
import { nameOf, type Tick } from "./tick.ts";

/** The options of `run`, as they are given. */
export interface RunOptions extends NodeOptions {
  readonly expiry?: string;
  readonly timeout?: string;
  readonly wait?: boolean;
  readonly fencing?: boolean;
  readonly maxHold?: string;
  readonly tick?: string;
  readonly tickOffset?: string;
  readonly hold?: boolean;
  readonly grace: string;
  readonly owner?: string;
  readonly takenStatus: string;
  readonly quiet?: boolean;
}

/** What follows from them. */
export interface RunSettings {
  readonly name: string;
  readonly mutex: MutexOptions;
  /** For how many ms the lock is waited for; Infinity for as long as it takes, 0 if it is not waited for. */
  readonly patience: number;
  /** Whether the lock is left to its expiry. */
  readonly holds: boolean;
  /** Milliseconds from SIGTERM to SIGKILL. */
  readonly grace: number;
  readonly takenStatus: number;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
}

const EXPIRY_MS = 30_000;
/** A round need not take longer than this, however long the expiry is. */
const MAX_ROUND_MS = 5_000;

/** Reads and checks all options. Throws a usage error. */
export function readSettings(name: string, options: RunOptions, now: number): RunSettings {
  const read = (option: string, text: string | undefined, range: Range) =>
    text === undefined ? undefined : readDuration(option, text, range);
  const tick = readTick(options);
  const holds = options.hold === true;
  const expiry = read("--expiry", options.expiry, EXPIRY) ?? (holds && tick ? tick.every : EXPIRY_MS);
  const mutex: MutexOptions = {
    expiry,
    timeoutFactor: Math.min(0.05, MAX_ROUND_MS / Math.max(expiry, 1)),
    owner: options.owner ?? defaultOwner(),
    fencing: options.fencing === true,
    fenceRetention: Math.max(7 * 86_400_000, expiry),
    maxHold: read("--max-hold", options.maxHold, ["10ms", A_HUNDRED_YEARS]),
    autoExtend: true,
  };
  const named = nameOf(name, tick, now);
  checkMutex(named, mutex);
  return {
    name: named,
    mutex,
    patience: patienceOf(options, tick),
    holds,
    grace: readDuration("--grace", options.grace),
    takenStatus: readStatus(options.takenStatus),
    isQuiet: options.quiet === true,
    isJson: options.json === true,
  };
}

function readTick({ tick, tickOffset }: RunOptions): Tick | undefined {
  if (tick === undefined) {
    if (tickOffset !== undefined) throw usageError("--tick-offset needs --tick");
    return undefined;
  }
  const every = readDuration("--tick", tick, ["1s", LONGEST]);
  return { every, offset: readDuration("--tick-offset", tickOffset ?? "0s") };
}

/** A tick is not waited for: whoever has it leaves it to nobody. */
function patienceOf({ wait, timeout }: RunOptions, tick: Tick | undefined): number {
  if (wait === false && timeout !== undefined) throw usageError("--timeout and --no-wait exclude each other");
  if (timeout !== undefined) return readDuration("--timeout", timeout);
  return (wait ?? tick === undefined) ? Infinity : 0;
}

function readStatus(text: string): number {
  const status = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (status <= 255) return status;
  throw usageError(`--taken-status must be an exit status from 0 to 255; it is ${JSON.stringify(text)}`);
}
