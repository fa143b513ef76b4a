import { rule } from "../rule.ts";
import type { Ending } from "../scope.ts";
import type { Settled } from "../settled.ts";

export const usingSaysWhatBecameOfIt = rule({
  name: "using says what became of it",
  promise:
    "using() ends as its callback did, except that it rejects with the result if the lock was lost meanwhile.",
  onReport(report, { coverage }) {
    if (report.what !== "scope ended") return undefined;
    const { ending, settled } = report;
    if (ending === undefined) return "it ended before its callback";
    const { as, isSo, complaint } = expected(ending, settled);
    if (!isSo) return complaint;
    coverage.count(`using() ${as}`);
    return undefined;
  },
});

interface Expected {
  readonly as: string;
  readonly isSo: boolean;
  readonly complaint: string;
}

/** What `using()` must do, which is one thing only for each ending. */
function expected(ending: Ending, settled: Settled<unknown>): Expected {
  const { isHandedOver, error, result } = ending;
  if (error)
    return {
      as: "rejected with the callback's error",
      isSo: "error" in settled && settled.error === error,
      complaint: "the callback's own error is lost",
    };
  if (isHandedOver || !wasLost(ending))
    return {
      as: isHandedOver ? "handed over" : "resolved",
      isSo: "result" in settled && settled.result === result,
      complaint: "the callback's result is lost, though the lock was not",
    };
  const rejection = "error" in settled ? (settled.error as { name?: string; result?: unknown }) : {};
  return {
    as: "rejected, for the lock was lost",
    isSo: rejection.name === "LockLostError" && rejection.result === result,
    complaint: "the lock was lost, and using() does not say so",
  };
}

function wasLost({ holding, isUnlocked, isOver }: Ending): boolean {
  const { losses, released } = holding.watch;
  if (losses > 0 || (released !== undefined && released !== "released")) return true;
  // Nodes that had it to the end say more than a clock, to who asked them.
  return isOver && !(isUnlocked && released === "released");
}
