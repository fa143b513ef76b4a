import { isRedsyncError, type NodeOutcome } from "@redsync/core";
import {
  type Answered,
  type AskedQuestion,
  type Fact,
  isGrant,
  isSent,
  type Outcome,
  type Sent,
} from "../facts.ts";
import type { Process } from "../process.ts";
import { type Complaint, type Context, firstOf, rule } from "../rule.ts";

export const errorsSayWhatWasAnswered = rule({
  name: "errors say what was answered",
  promise:
    "What an error says of a name on a node is what that node answered to this question, or to a call in the same line.",
  onReport(report, context) {
    if (report.what !== "failed" || !isRedsyncError(report.error) || !("outcomes" in report.error))
      return undefined;
    const { process, values } = report;
    const outcomes = report.error.outcomes as readonly NodeOutcome[];
    const isShared = mayStandInLine(report.call, outcomes, context);
    if (values.size === 0 && !isShared) return undefined;
    return firstOf(outcomes, (said) => {
      const asked = isShared ? context.journal.values : values;
      const threads = [...asked].map((value) => context.journal.factsAt(value, said.node, said.name));
      const facts = isShared ? threads.filter((thread) => isOf(process, thread)) : threads;
      return disagreement(said, facts.flat(), process.isDisturbed, context);
    });
  },
});

/** Only the first in line asks, and those behind it report what it was answered: another call of the same process. */
function mayStandInLine(call: string, outcomes: readonly NodeOutcome[], { plan }: Context): boolean {
  const isOfOneName = new Set(outcomes.map(({ name }) => name)).size === 1;
  return (
    (call === "lock()" || call === "using()") && isOfOneName && plan.options.tries > 1 && !plan.onWorkers
  );
}

function isOf(process: Process, facts: readonly Fact[]): boolean {
  const [first] = facts;
  return first?.what === "sent" && first.question.command.process === process;
}

function disagreement(
  said: NodeOutcome,
  facts: readonly Fact[],
  isDisturbed: boolean,
  context: Context,
): Complaint {
  const answers = facts.filter((fact): fact is Answered => fact.what === "answered");
  const about = `${said.name} on node ${said.node}`;
  if (said.status === "unknown") {
    const isOverdue = said.error.message.includes("raise either to wait longer");
    return isOverdue && !isDisturbed && wereAnswered(facts, context)
      ? `${about} is said to be silent, and answered`
      : undefined;
  }
  const isSo = answers.some(({ outcome }) => agrees(said, outcome));
  return isSo ? undefined : `${about} is said to be ${said.status}, and never answered so`;
}

function agrees(said: NodeOutcome, outcome: Outcome): boolean {
  if (said.status === "failed")
    return outcome instanceof Error && said.error.message.includes(outcome.message);
  if (said.status === "ok") return isGrant(outcome);
  return outcome === (said.status === "taken" ? 0 : -1);
}

/** All that was asked there was answered long before the deadline. */
function wereAnswered(facts: readonly Fact[], { plan, timeout }: Context): boolean {
  // A round that was decided early does not listen to the others.
  if (plan.options.failFast) return false;
  const asked = facts.filter((fact) => isSent(fact, "acquire", "extend", "verify")) as Sent[];
  return asked.every(({ question }) => {
    // What is asked again has the deadline of the first time.
    const first = asked.find((sent) => isSame(sent.question, question));
    const answer = facts.find((fact) => fact.what === "answered" && fact.question === question);
    return answer?.what === "answered" && first !== undefined && answer.at < first.at + timeout / 2;
  });
}

function isSame(one: AskedQuestion, other: AskedQuestion): boolean {
  return one.value === other.value && one.operation === other.operation;
}
