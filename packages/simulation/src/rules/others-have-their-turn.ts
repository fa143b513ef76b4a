import { isCalm } from "../calm.ts";
import { isSent } from "../facts.ts";
import type { Waiter } from "../lines.ts";
import { isPassedOn, isUnlock, lineOf } from "../passing-on.ts";
import { isId } from "../questions.ts";
import { type Context, rule } from "../rule.ts";

export const othersHaveTheirTurn = () => {
  /** When a name was unlocked and not passed on, though a line waits, by its line. */
  const pauses = new Map<string, number>();
  const askedAt = new Map<string, number>();
  return rule({
    name: "others have their turn",
    promise:
      "When a line pauses, a call of another process that polls more often is given the name first, unless nodes keep the name for who waits.",
    onMessage(message, context) {
      const { lines, now, plan, servers, timeout } = context;
      const line = lineOf(message);
      const { question } = message;
      if (message.what === "executed" && isId(servers[question.server]?.valueOf(question.name) ?? ""))
        for (const each of pauses.keys()) if (each.endsWith(` ${question.name}`)) pauses.delete(each);
      const last = askedAt.get(line) ?? Number.NEGATIVE_INFINITY;
      if (isSent(message, "acquire")) askedAt.set(line, now);
      if (!plan.valuesOfCore || !isUnlock(message, context)) return undefined;
      const { command, name } = message.question;
      const waiting = lines.of(command.process, name).some(({ joinedAt = now }) => joinedAt < now);
      pauses.delete(line);
      // Else the first one is asking right now.
      if (waiting && !isPassedOn(message) && now - last > timeout) pauses.set(line, now);
      return undefined;
    },
    onReport(report, context) {
      if (report.what === "given") {
        for (const line of pauses.keys())
          if (report.lock.names.some((name) => line.endsWith(` ${name}`))) pauses.delete(line);
      }
      if (report.what !== "left the line") return undefined;
      const { isGiven, waiter } = report;
      const { name, process } = waiter;
      const line = `${process.index} ${name}`;
      const pausedAt = pauses.get(line);
      if (pausedAt === undefined) return undefined;
      // The next one asks at once when somebody gives up.
      if (!isGiven) pauses.delete(line);
      if (!isGiven || !isCalm(context)) return undefined;
      const [other] = quicker(waiter, pausedAt, context);
      if (other === undefined) return undefined;
      return `${name} is process ${process.index}'s again, not process ${other.process.index}'s, after ${context.now - pausedAt} ms`;
    },
  });
};

/** Those of other processes that are sure to ask before the line does. */
function quicker(waiter: Waiter, pausedAt: number, { lines, timeout }: Context): readonly Waiter[] {
  const { name, process } = waiter;
  const pauses = [waiter, ...lines.of(process, name)].map(({ pause }) => process.trueTime(pause));
  // The way of a refusal, of an undo and its answer, and of the next acquire.
  const most = Math.min(...pauses) - 1.5 * timeout;
  const others = lines.all.filter((other) => other.name === name && other.process !== process);
  return others.filter((other) => {
    return (other.joinedAt ?? pausedAt) < pausedAt && other.process.trueTime(other.pause) < most;
  });
}
