import { isSent } from "../facts.ts";
import type { Waiter } from "../lines.ts";
import { isPassedOn, isUnlock, lineOf, nextOf } from "../passing-on.ts";
import { firstOf, rule } from "../rule.ts";

export const whoGivesUpLetsTheNextOneAsk = () => {
  /** Those who were next when the first in line gave up, in this step. */
  const next = new Set<Waiter>();
  const asked = new Map<string, number>();
  /** By whose acquire each line goes on, from an unlock to the first answer. */
  const called = new Map<string, { readonly value: string; until: number }>();
  return rule({
    name: "who gives up lets the next one ask",
    promise:
      "When the first in line gives up though an unlock has called it, the next one asks in the same turn.",
    onReport(report, context) {
      if (report.what !== "left the line" || report.isGiven) return undefined;
      const { waiter } = report;
      if (!waiter.isFair) return undefined;
      const call = called.get(`${waiter.process.index} ${waiter.name}`);
      if (call === undefined || call.until < context.now) return undefined;
      const others = context.lines.of(waiter.process, waiter.name);
      // Who has asked already, and joins the line only now, may be before him.
      if (!others.every((other) => other.joinedAt !== undefined && waiter.isBefore(other))) return undefined;
      const [first] = others;
      if (first && waiter.joinedAt !== undefined) next.add(first);
      // Whoever asks then was called by who gave up: an undo that frees the name calls the one behind him.
      if (first && waiter.joinedAt !== undefined) called.delete(`${waiter.process.index} ${waiter.name}`);
      return undefined;
    },
    onMessage(message, context) {
      const line = lineOf(message);
      if (isSent(message, "acquire")) {
        asked.set(line, context.now);
        // If the first one had no answer and asks again, that is not for the call any more. Whoever comes after it asks in this step.
        const call = called.get(line);
        if (call && call.value !== message.question.value) call.until = Math.min(call.until, context.now);
      }
      if (isUnlock(message, context) && isPassedOn(message))
        called.set(line, { value: nextOf(message)?.value ?? "", until: Infinity });
      if (message.what === "answered" && called.get(line)?.value === message.question.value)
        called.delete(line);
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
