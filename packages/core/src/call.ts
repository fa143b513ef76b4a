import type { Target } from "./nodes.ts";
import type { LockOptions, WaitUntil } from "./options.ts";
import { Patience } from "./patience.ts";
import { Work } from "./work.ts";

/** What a user's call has of its own: how long it waits, and what it leaves behind. */
export interface Call {
  readonly patience: Patience;
  readonly work: Work;
}

/** Runs a call, and lets go of its signal and its timer when it ends; what goes on then is handed to `waitUntil`. */
export async function during<T>(
  { nodes }: Target,
  options: LockOptions,
  waitUntil: WaitUntil | undefined,
  run: (call: Call) => Promise<T>,
): Promise<T> {
  const patience = new Patience(nodes.clock, options);
  const work = new Work(nodes.ledger, options.waitUntil ?? waitUntil);
  try {
    return await run({ patience, work });
  } finally {
    patience.end();
    work.handOver();
  }
}
