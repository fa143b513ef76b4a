import { firstOf, rule } from "../rule.ts";

/**
 * Rounds share a timer: one that is due right after another waits for two more, and none is shorter than 1 ms. An unlock may take two
 * rounds.
 */
const PRECISION_MS = 6;

export const noLongerThanItMay = rule({
  name: "no longer than it may",
  promise:
    "A call ends within its timeout and its rounds, at once when its signal aborts, and no lock is held beyond maxHold.",
  onReport(report) {
    if (report.what === "aborted" && report.stillWaits) return "a call goes on after its signal was aborted";
    if (report.what !== "took" || report.process.isDisturbed) return undefined;
    const { call, ms, most } = report;
    return ms < most + PRECISION_MS ? undefined : `${call} took ${ms} ms, not ${most} ms`;
  },
  onStep({ held, plan }) {
    const { maxHold } = plan.options;
    if (maxHold === undefined) return undefined;
    return firstOf(held, (watch) => {
      if (watch.letGo || watch.lock?.remaining() === 0 || watch.held <= maxHold) return undefined;
      return `held for ${watch.held} ms, maxHold is ${maxHold} ms`;
    });
  },
});
