import { type AskedQuestion, type Fact, isGrant, isSent } from "../facts.ts";
import { type Complaint, firstOf, rule } from "../rule.ts";

export const everythingUndone = rule({
  name: "everything undone",
  promise:
    "A node that was asked for a lock is asked to delete it when the call is over, unless it said that it had done nothing.",
  onEnd: ({ cleanup, journal }) =>
    firstOf(cleanup.finishedValues, (value) =>
      firstOf(journal.threadsOf(value), ([where, facts]) => notUndone(facts, where)),
    ),
});

function notUndone(facts: readonly Fact[], where: string): Complaint {
  const last = facts.findLastIndex(
    (fact) => isSent(fact, "acquire", "repair") && !didNothing(facts, fact.question),
  );
  if (last < 0 || facts.slice(last).some((fact) => isSent(fact, "release"))) return undefined;
  return `${where} was asked for and never taken back`;
}

function didNothing(facts: readonly Fact[], question: AskedQuestion): boolean {
  return facts.some(
    (fact) =>
      fact.what === "answered" && fact.question === question && !isGrant(fact.outcome) && fact.outcome !== -1,
  );
}
