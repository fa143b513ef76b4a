import type { Nodes } from "./nodes.ts";
import type { LockOptions, WaitUntil } from "./options.ts";
import { Patience } from "./patience.ts";
import { OwnedWork, type Work } from "./work.ts";

/** Runs a user's call, and lets go of its signal and its timer when it ends; what goes on then is handed to `waitUntil`. */
export async function during<T>(
  { clock, ledger }: Nodes,
  options: LockOptions,
  waitUntil: WaitUntil | undefined,
  run: (patience: Patience, work: Work) => Promise<T>,
): Promise<T> {
  const patience = new Patience(clock, options);
  const owned = waitUntil && new OwnedWork(ledger, waitUntil);
  try {
    return await run(patience, owned ?? ledger);
  } finally {
    patience.end();
    owned?.handOver();
  }
}
