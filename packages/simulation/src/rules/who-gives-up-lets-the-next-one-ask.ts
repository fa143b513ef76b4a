import { isCalm } from "../calm.ts";
import { isSent } from "../facts.ts";
import type { Waiter } from "../lines.ts";
import { lineOf } from "../passing-on.ts";
import { firstOf, rule } from "../rule.ts";

export const whoGivesUpLetsTheNextOneAsk = () => {
  /** Those who were next when the first in line gave up, in this step. */
  const next = new Set<Waiter>();
  const asked = new Map<string, number>();
  return rule({
    name: "who gives up lets the next one ask",
    promise: "When the first in line is aborted, times out or gives up, the next one asks in the same turn.",
    onReport(report, context) {
      if (report.what !== "left the line" || report.isGiven || !isCalm(context)) return undefined;
      const { waiter } = report;
      const others = context.lines.of(waiter.process, waiter.name);
      // Who has asked already, and joins the line only now, may be before him.
      if (!others.every((other) => other.joinedAt !== undefined && waiter.isBefore(other))) return undefined;
      const [first] = others;
      if (first && waiter.joinedAt !== undefined) next.add(first);
      return undefined;
    },
    onMessage(message, { now }) {
      if (isSent(message, "acquire")) asked.set(lineOf(message), now);
      return undefined;
    },
    onStep({ coverage, lines, now }) {
      return firstOf(next, (waiter) => {
        next.delete(waiter);
        const { name, process } = waiter;
        if (!lines.of(process, name).includes(waiter)) return undefined;
        coverage.count("next in line");
        return asked.get(`${process.index} ${name}`) === now
          ? undefined
          : `the first in line for ${name} in process ${process.index} gave up, and nobody asks`;
      });
    },
  });
};
