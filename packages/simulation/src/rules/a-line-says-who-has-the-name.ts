import { isRedsyncError, type LockTakenError } from "@redsync/core";
import { type Context, rule } from "../rule.ts";
import { LONGEST_PAUSE } from "../terms.ts";
import type { Watch } from "../watch.ts";

export const aLineSaysWhoHasTheName = rule({
  name: "a line says who has the name",
  promise:
    "A name is said to be taken only if a node showed another's value, or a lock of the same process has it (of several names: one of them), or had it a pause and a few rounds ago.",
  onReport(report, context) {
    if (report.what !== "failed" || !isRedsyncError(report.error)) return undefined;
    const { error, process } = report;
    if (error.code !== "REDSYNC_LOCK_TAKEN") return undefined;
    const { message, outcomes } = error as LockTakenError;
    if (outcomes.some(({ status }) => status === "taken")) return undefined;
    if (outcomes.length > 0) return `no node showed another's value: ${message}`;
    context.coverage.count("taken by its own process");
    const [, list = ""] = message.match(/^"(.*?)"/) ?? [];
    const wanted = list.split(", ");
    const theirs = context.held.filter(
      (watch) => watch.process === process && watch.lock?.names.some((name) => wanted.includes(name)),
    );
    return theirs.some((watch) => hadIt(watch, context)) ? undefined : `no lock of this process: ${message}`;
  },
});

/** By the clocks, or until so lately that the first in line may not have asked since. */
function hadIt({ letGo, lock, process }: Watch, { now, plan, timeout }: Context): boolean {
  if (lock === undefined || process.isDisturbed) return lock !== undefined;
  if (lock.remaining() > 0 && !letGo) return true;
  const ago = letGo ? now - letGo.at : process.clock.wall() - lock.until.getTime();
  const pause = (plan.kind === "lines" || plan.kind === "queues" ? LONGEST_PAUSE : 1) * timeout;
  return ago <= process.trueTime(pause) + 3 * timeout;
}
