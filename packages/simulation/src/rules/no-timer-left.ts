import { rule } from "../rule.ts";

export const noTimerLeft = rule({
  name: "no timer left",
  promise: "When core says that nothing is under way any more, it has no timer left.",
  onReport(report, { coverage }) {
    // If time jumped, what should have been over long ago counts as over, though its timer has yet to fire.
    if (report.what !== "settled" || report.process.isDisturbed) return undefined;
    coverage.count("settled");
    const { index, timers } = report.process;
    return timers.size > 0 ? `${timers.size} on process ${index}` : undefined;
  },
});
