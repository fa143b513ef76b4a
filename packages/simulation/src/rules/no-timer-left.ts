import { isSent } from "../facts.ts";
import type { Process } from "../process.ts";
import { isId } from "../questions.ts";
import { firstOf, rule } from "../rule.ts";

/** For how long a subscription stays that nobody needs. */
const IDLE_MS = 60_000;

export const noTimerLeft = () => {
  /** When each process last left a queue: a call may make it do so at any time. */
  const leftAt = new Map<Process, number>();
  /** How many timers each had that should have none. */
  const busy = new Map<Process, number>();
  return rule({
    name: "no timer left",
    promise:
      "When core says that nothing is under way any more, it has no timer left, except to leave idle channels.",
    onMessage(message, { now }) {
      if (isSent(message, "release") && isId(message.question.value))
        leftAt.set(message.question.command.process, now);
      return undefined;
    },
    onReport(report, { coverage }) {
      // If time jumped, what should have been over long ago counts as over, though its timer has yet to fire.
      if (report.what !== "settled" || report.process.isDisturbed) return undefined;
      coverage.count("settled");
      const left = [...report.process.timers].filter(({ ms }) => ms < IDLE_MS);
      if (left.length > 0) busy.set(report.process, left.length);
      return undefined;
    },
    onStep: ({ now, timeout }) =>
      firstOf(busy, ([process, timers]) => {
        busy.delete(process);
        if (now - (leftAt.get(process) ?? Number.NEGATIVE_INFINITY) <= timeout) return undefined;
        return `${timers} on process ${process.index}`;
      }),
  });
};
