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
import { type Complaint, type Context, firstOf, rule } from "../rule.ts";

export const errorsSayWhatWasAnswered = rule({
  name: "errors say what was answered",
  promise:
    "What an error says of a name on a node is what that node answered to this question, and no other.",
  onReport(report, context) {
    if (report.what !== "failed" || !isRedsyncError(report.error) || !("outcomes" in report.error))
      return undefined;
    const { error, process, values } = report;
    if (values.size === 0) return undefined;
    return firstOf(error.outcomes as readonly NodeOutcome[], (said) => {
      const threads = [...values].map((value) => context.journal.factsAt(value, said.node, said.name));
      return disagreement(said, threads.flat(), process.isDisturbed, context);
    });
  },
});

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
