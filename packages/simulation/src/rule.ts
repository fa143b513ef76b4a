import type { Cleanup } from "./cleanup.ts";
import type { Coverage } from "./coverage.ts";
import type { Message } from "./facts.ts";
import type { Holding, Holdings } from "./holdings.ts";
import type { Journal } from "./journal.ts";
import type { Lines } from "./lines.ts";
import type { Plan } from "./plan.ts";
import type { Process } from "./process.ts";
import type { Report } from "./report.ts";
import type { Server } from "./server.ts";
import type { TokenOrder } from "./token-order.ts";
import type { Watch } from "./watch.ts";

/** Why a rule is broken, in words; nothing if it is kept. */
export type Complaint = string | undefined;

/** What a schedule must never show. */
export interface Rule<Name extends string = string> {
  readonly name: Name;
  /** In one sentence, what core promises. */
  readonly promise: string;
  /** After every step, when all that follows from it at once is done. */
  onStep?(context: Context): Complaint;
  /** When a question was sent, or run by a server, or answered. */
  onMessage?(message: Message, context: Context): Complaint;
  /** When somebody who uses core reports what a call came to, or what he heard. */
  onReport?(report: Report, context: Context): Complaint;
  /** When nothing is left to happen. */
  onEnd?(context: Context): Complaint;
}

/** All that a rule may read. */
export interface Context {
  readonly plan: Plan;
  /** True time, in milliseconds. */
  readonly now: number;
  readonly steps: number;
  /** How long a round may take. */
  readonly timeout: number;
  /** A lock may be lost and taken again. */
  readonly mayRetake: boolean;
  /** What servers store is looked at, not only what users see. */
  readonly checksStorage: boolean;
  readonly servers: readonly Server[];
  readonly processes: readonly Process[];
  /** When a server last lost its data at once. */
  readonly wipedAt: number;
  /** The locks that were valid after this step. */
  readonly valid: readonly Holding[];
  readonly holdings: Holdings;
  /** What the holders of locks saw, except those whose process crashed. */
  readonly held: readonly Watch[];
  readonly tokenOrder: TokenOrder;
  /** Whose call made a value. */
  readonly callOf: ReadonlyMap<string, Watch>;
  readonly journal: Journal;
  readonly cleanup: Cleanup;
  readonly lines: Lines;
  readonly coverage: Coverage;
  /** Has a step taken after so many milliseconds, whatever else happens. */
  wake(ms: number): void;
}

/** Gives a rule's name its own type, so that mutations can name only rules that exist. */
export function rule<Name extends string>(made: Rule<Name>): Rule<Name> {
  return made;
}

/** The first complaint about any of them. */
export function firstOf<T>(items: Iterable<T>, check: (item: T) => Complaint): Complaint {
  for (const item of items) {
    const complaint = check(item);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}
