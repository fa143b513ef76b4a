import type { Context } from "./rule.ts";

/** A waiter's id, in its parts. */
export interface Id {
  readonly kind: string;
  readonly process: number;
  readonly number: string;
  /** For how long a name is kept for it, in milliseconds. */
  readonly span: number;
  readonly name: string;
}

/** The parts of an id, with the addresses that connections write in the place of core's. */
export function partsOf(id: string): Id | undefined {
  const [, kind = "", process, number = "", span, name = ""] =
    /^~([a-z])process(\d+):([^:]*):(\d+):(.+)$/.exec(id) ?? [];
  return process === undefined
    ? undefined
    : { kind, process: Number(process), number, span: Number(span), name };
}

/** Whether nothing befalls nodes, nor commands on their way, in a schedule about queues. */
export function isOrderly({ plan }: Pick<Context, "plan">): boolean {
  return plan.kind === "queues" && plan.isQuiet;
}
