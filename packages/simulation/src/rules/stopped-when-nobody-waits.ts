import { firstOf, rule } from "../rule.ts";

const PRECISION_MS = 5;

export const stoppedWhenNobodyWaits = rule({
  name: "stopped when nobody waits",
  promise: "A client is stopped only when every question of its command was open for an expiry.",
  onReport(report, { coverage, journal, now, plan, timeout }) {
    if (report.what !== "stopped") return undefined;
    const { process, questions } = report.command;
    if (process.isDisturbed) return undefined;
    coverage.count("client stopped");
    return firstOf(questions, (question) => {
      const first = journal
        .factsOf(question)
        .find((fact) => fact.what === "sent" && fact.question.operation === question.operation);
      // A delete may wait for a round before it is sent.
      const least = question.expiry * (1 - plan.options.driftFactor) - timeout - PRECISION_MS;
      const age = now - (first?.what === "sent" ? first.at : now);
      if (age >= least) return undefined;
      return `${question.operation} of ${question.value} was given up after ${age} ms`;
    });
  },
});
