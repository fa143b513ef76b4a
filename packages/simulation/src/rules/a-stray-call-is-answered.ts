import { isSent } from "../facts.ts";
import { isId } from "../questions.ts";
import { firstOf, rule } from "../rule.ts";

/** It waits for the calls of other nodes first; before that perhaps for an undo, and for what it sent to it. */
const MOMENT_MS = 11;

export const aStrayCallIsAnswered = () => {
  /** Who was called, by process, node and id, and has not done anything about it. */
  const called = new Map<string, number>();
  /** When each was last asked for. */
  const askedAt = new Map<string, number>();
  return rule({
    name: "a stray call is answered",
    promise:
      "Whoever is called asks for the name within a moment, or two deadlines if he asks already; if he is gone, his process leaves the queue for him.",
    onMessage(message, { now }) {
      const { command, entry, server, value } = message.question;
      const { index } = command.process;
      if (isSent(message, "release") && isId(value)) called.delete(`${index} ${server} ${value}`);
      if (entry === undefined || !isSent(message, "acquire", "repair")) return undefined;
      called.delete(`${index} ${server} ${entry.id}`);
      askedAt.set(`${index} ${entry.id}`, now);
      return undefined;
    },
    onReport(report, { coverage, now, plan, timeout, wake }) {
      if (report.what !== "called" || plan.widest > 1) return undefined;
      const { id, process, server } = report;
      // The question that is under way settles it, or what follows from its answer.
      const asked = askedAt.get(`${process.index} ${id}`) ?? Number.NEGATIVE_INFINITY;
      if (now - asked < 3 * timeout) return undefined;
      called.set(`${process.index} ${server} ${id}`, now);
      coverage.count("called");
      wake(process.trueTime(MOMENT_MS + 2 * timeout) + 2);
      return undefined;
    },
    onStep({ coverage, now, processes, timeout }) {
      return firstOf(called, ([key, at]) => {
        const [index, server, ...id] = key.split(" ");
        const process = processes[Number(index)];
        if (process === undefined || now - at <= process.trueTime(MOMENT_MS + 2 * timeout) + 1)
          return undefined;
        called.delete(key);
        coverage.count("a call that nothing follows");
        if (process.isDisturbed || process.isCrashed) return undefined;
        return `process ${index} was called for ${id.join(" ")} by node ${server}, and does nothing`;
      });
    },
  });
};
