import { isCalm } from "../calm.ts";
import { isSent } from "../facts.ts";
import { isPassedOn, isUnlock, lineOf } from "../passing-on.ts";
import { rule } from "../rule.ts";

/** A line that was served for so long may let others have a turn. */
const SERVED_MS = 100;

export const anUnlockPassesTheNameOn = () => {
  /** Since when each line may be served without a pause, by the clock of its process. */
  const servedSince = new Map<string, number>();
  const asked = new Map<string, { readonly value: string; readonly at: number }>();
  const given = new Set<string>();
  return rule({
    name: "an unlock passes the name on",
    promise:
      "An unlock and the acquire of the next in line are one command, but for a pause after 100 ms in which others may ask.",
    onReport(report) {
      if (report.what === "given") given.add(report.lock.value);
      return undefined;
    },
    onMessage(message, context) {
      const { coverage, lines, now, plan, timeout } = context;
      const { command, name, value } = message.question;
      if (!plan.valuesOfCore || message.what !== "sent") return undefined;
      const { process } = command;
      const line = lineOf(message);
      if (isSent(message, "acquire")) asked.set(line, { value, at: now });
      if (!isUnlock(message, context)) return undefined;
      const present = process.clock.monotonic();
      const since = servedSince.get(line) ?? present;
      servedSince.set(line, since);
      if (isPassedOn(message)) {
        coverage.count("passed on by an unlock");
        return undefined;
      }
      // The first one is asking right now, or it may be.
      const last = asked.get(line);
      if (last && !given.has(last.value) && now - last.at <= timeout) return undefined;
      const waiters = lines.of(process, name).filter(({ joinedAt = now }) => joinedAt < now);
      if (waiters.length === 0) return undefined;
      if (present - since > SERVED_MS) {
        servedSince.delete(line);
        coverage.count("a pause for others");
        return undefined;
      }
      return isCalm(context)
        ? `${value} is unlocked, and ${name} is not passed on to process ${process.index}`
        : undefined;
    },
  });
};
