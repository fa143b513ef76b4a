import type { Lock } from "@redsync/core";
import type { Process } from "../process.ts";
import { type Complaint, rule } from "../rule.ts";

export const validWhenGiven = rule({
  name: "valid when given",
  promise: "A lock that a call gives, adopts or extends is still valid when the call resolves.",
  onReport(report) {
    if (report.what === "given") return stale(report.call, report.lock, report.process);
    if (report.what === "adopted") return stale("adopt()", report.lock, report.process);
    if (report.what === "prolonged") return stale("extend()", report.lock, report.process);
    return undefined;
  },
});

/** The clock is read after the replies. (A lock may be given in the last fraction of its last millisecond.) */
function stale(call: string, lock: Lock, { clock }: Process): Complaint {
  if (lock.remaining() > 0 || lock.until.getTime() >= clock.wall()) return undefined;
  return `${call} gave ${lock.value} when its validity was over`;
}
