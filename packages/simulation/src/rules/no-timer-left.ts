import { firstOf, rule } from "../rule.ts";

/** For how long a subscription stays. */
const IDLE_MS = 60_000;

export const noTimerLeft = rule({
  name: "no timer left",
  promise: "When core says that nothing is under way any more, it has no timer left.",
  onReport(report, { coverage }) {
    // If time jumped, what should have been over long ago counts as over, though its timer has yet to fire.
    if (report.what !== "settled" || report.process.isDisturbed) return undefined;
    coverage.count("settled");
    const { index, timers } = report.process;
    // By which it leaves the channels that nobody needs any more.
    const left = [...timers].filter(({ ms }) => ms < IDLE_MS);
    return left.length > 0 ? `${left.length} on process ${index}` : undefined;
  },
  onEnd: ({ processes }) =>
    firstOf(processes, ({ index, timers }) =>
      timers.size > 0 ? `${timers.size} on process ${index} in the end` : undefined,
    ),
});
