import type { Nodes } from "./nodes.ts";
import { checkOptions, type LockOptions, type WaitUntil } from "./options.ts";
import { Patience } from "./patience.ts";
import { OwnedWork, type Work } from "./work.ts";

/** What a user's call has of its own. */
export interface Call {
  /** How long it waits. */
  readonly patience: Patience;
  /** What it has under way, which may outlive it. */
  readonly work: Work;
  /** Who takes that over. */
  readonly waitUntil: WaitUntil | undefined;
}

/**
 * Checks a call's options, runs the call, and lets go of its signal and its timer when it ends; what goes on then is handed to
 * its own `waitUntil`, or else to this one.
 */
export async function during<T>(
  { clock, ledger }: Nodes,
  options: LockOptions,
  known: readonly string[],
  owner: WaitUntil | undefined,
  run: (call: Call) => Promise<T>,
): Promise<T> {
  checkOptions(options, known);
  const { waitUntil = owner } = options;
  const patience = new Patience(clock, options);
  const owned = waitUntil && new OwnedWork(ledger, waitUntil);
  try {
    return await run({ patience, work: owned ?? ledger, waitUntil });
  } finally {
    patience.end();
    owned?.handOver();
  }
}
