import { quietKinds } from "../kinds.ts";
import { type Context, firstOf, rule } from "../rule.ts";
import type { Watch } from "../watch.ts";

export const renewedWhileCalm = rule({
  name: "renewed while calm",
  promise: "If nothing goes wrong, a lock that renews itself is not lost before its maxHold.",
  onReport(report, context) {
    if (report.what !== "lost" || !isSafe(report.watch, context)) return undefined;
    return `${report.watch.lock?.value} was lost: ${report.why}`;
  },
  onStep: (context) =>
    firstOf(context.held, (watch) => {
      if (watch.lock?.remaining() !== 0 || !isSafe(watch, context)) return undefined;
      return `${watch.lock.value} was lost: its time ran out`;
    }),
});

/** Nothing that goes on in this schedule is a reason to lose it. */
function isSafe({ held, letGo, renews, tamperedAt }: Watch, { plan, timeout }: Context): boolean {
  if (!renews || letGo || tamperedAt !== undefined) return false;
  const { maxHold = Number.POSITIVE_INFINITY } = plan.options;
  // It is held since the attempt began: two rounds ago, if tokens were raised.
  const isEarly = held < maxHold - 3 * timeout;
  return isEarly && quietKinds.includes(plan.kind) && plan.network.slow === 0;
}
