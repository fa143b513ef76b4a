import { rule } from "../rule.ts";

export const calmNodesGrant = rule({
  name: "calm nodes grant",
  promise: "If nothing goes wrong, a lock() with any number of tries and no timeout gets its lock.",
  onReport(report, { plan }) {
    if (report.what !== "not given" || plan.kind !== "calm") return undefined;
    if (report.call !== "lock()" || report.isLimited) return undefined;
    return "lock() failed with nothing in its way";
  },
});
