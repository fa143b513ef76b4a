import type { Clock } from "./clock.ts";

const POLL_MS = 5;
const SPAN_MS = 1_000;

/**
 * How much one `Redsync` has under way, by the second in which it must be over. Numbers alone, no promise and no task: on
 * Workers a request may end in the middle of its work, and must then neither leave a waiter hanging nor anything for ever.
 */
export interface Ledger {
  /** Something begins that is over at that monotonic time at the latest. What this returns is to be called when it ends. */
  begin(endsBy: number): () => void;
  /** Resolves when nothing is under way. It asks again and again, because of the above. */
  settled(): Promise<void>;
}

export function ledgerBy(clock: Clock): Ledger {
  const open = new Map<number, number>();
  /** What must be over, though nobody said so, belongs to a request that died. */
  const prune = () => {
    const present = clock.monotonic() / SPAN_MS;
    for (const span of open.keys()) if (span < present) open.delete(span);
  };
  const count = (span: number, change: number) => {
    const before = open.get(span);
    if (before === undefined) prune();
    open.set(span, (before ?? 0) + change);
  };
  return {
    begin(endsBy) {
      const span = Math.ceil(endsBy / SPAN_MS);
      count(span, 1);
      return () => count(span, -1);
    },
    async settled() {
      for (;;) {
        prune();
        if ([...open.values()].every((count) => count === 0)) return;
        await new Promise<void>((resolve) => clock.setTimer(resolve, POLL_MS, true));
      }
    },
  };
}
