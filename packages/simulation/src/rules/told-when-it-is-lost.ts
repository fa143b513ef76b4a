import { type Complaint, type Context, firstOf, rule } from "../rule.ts";
import type { Watch } from "../watch.ts";

/** Between two looks at the clocks, whatever happened to them. */
const WATCH_MS = 1_000;
const PRECISION_MS = 3;

export const toldWhenItIsLost = () => {
  /** Since when locks are over whose signal has not aborted. */
  const overSince = new Map<Watch, number>();
  return rule({
    name: "told when it is lost",
    promise:
      "A loss is reported once and in time, by the signal and by an event, and neither before it nor after an unlock.",
    onReport(report) {
      if (report.what === "signal read" && report.isOver && !report.isAborted)
        return about(report.watch, "a signal that is read late knows nothing");
      if (report.what !== "lost") return undefined;
      const { losses, letGo } = report.watch;
      if (losses > 1) return about(report.watch, "reported twice");
      if (letGo?.isHandedOver === false) return about(report.watch, "reported after the unlock");
      return undefined;
    },
    onStep: (context) =>
      firstOf(context.held, (watch) => notFound(watch, context) ?? bySignal(watch, overSince, context)),
  });
};

/** After somebody deleted it, the next extension finds out. */
function notFound(watch: Watch, { now, plan, timeout }: Context): Complaint {
  const { letGo, lock, process, renews, tamperedAt } = watch;
  if (letGo || !renews || tamperedAt === undefined || lock?.remaining() === 0) return undefined;
  const most = process.trueTime(plan.options.expiry / 3 + 2 * timeout);
  return now - tamperedAt > most ? about(watch, "nobody found that it is lost") : undefined;
}

function bySignal(watch: Watch, overSince: Map<Watch, number>, context: Context): Complaint {
  const { hasRead, letGo, lock, process } = watch;
  if (lock === undefined || !hasRead) return undefined;
  const { aborted } = lock.signal;
  if (letGo) {
    const isReported = !letGo.isHandedOver && aborted && !letGo.wasAborted;
    return isReported ? about(watch, "its signal aborted after the unlock") : undefined;
  }
  const isHeld = lock.remaining() > 0;
  if (aborted) return abortedWrongly(watch, lock.signal, isHeld, context);
  if (!isHeld && !process.isStopped) return tooLate(watch, overSince, context);
  overSince.delete(watch);
  return undefined;
}

function abortedWrongly(
  watch: Watch,
  { reason }: AbortSignal,
  isHeld: boolean,
  { coverage, mayRetake }: Context,
): Complaint {
  if (isHeld && !mayRetake) return about(watch, "its signal aborted while it is valid");
  if (watch.losses === 0) return about(watch, "its signal aborted without an event");
  if ((reason as Error).name !== "LockLostError") return about(watch, `its signal aborted with ${reason}`);
  coverage.countOnce("signal aborted", watch);
  return undefined;
}

/** If the clocks are sound the signal comes at the end, but for their drift; else when they are next looked at. */
function tooLate(watch: Watch, overSince: Map<Watch, number>, { now, plan, wake }: Context): Complaint {
  const { driftFactor, expiry } = plan.options;
  const { process } = watch;
  const late = process.isDisturbed ? WATCH_MS : 1.5 * driftFactor * Math.min(WATCH_MS, expiry);
  const most = process.trueTime(late) + PRECISION_MS;
  const since = overSince.get(watch);
  if (since !== undefined) return now - since > most ? about(watch, "its signal does not abort") : undefined;
  overSince.set(watch, now);
  wake(most + 1);
  return undefined;
}

function about({ lock }: Watch, what: string): string {
  return `${lock?.value}: ${what}`;
}
