import { type Answered, type AskedQuestion, type Fact, isGrant, isSent } from "../facts.ts";
import { rule } from "../rule.ts";

export const aResentUnlockWasOurs = rule({
  name: "a resent unlock was ours",
  promise:
    "unlock() does not take for somebody else's lock what was asked for behind it, in the same command.",
  onReport(report, { coverage, journal }) {
    if (report.what !== "unlocked") return undefined;
    const { value } = report.lock;
    const threads = [...journal.threadsOf(value)].map(([, facts]) => facts);
    const answers = threads.flatMap((facts) => facts.filter(isTakenRelease));
    const ours = answers.filter(({ question }) => isFollowed(question, journal.factsOf.bind(journal)));
    if (ours.length > 0) coverage.count("resent unlock");
    if (report.result !== "taken" || answers.length > ours.length || threads.some(isNotAsked))
      return undefined;
    return `${value} is said to be taken, and only by what was asked for behind it`;
  },
});

function isTakenRelease(fact: Fact): fact is Answered {
  return fact.what === "answered" && fact.question.operation === "release" && fact.outcome === 0;
}

/** A node that says *taken* to the acquire for which the release waits is not asked: it has said all that it could. */
function isNotAsked(facts: readonly Fact[]): boolean {
  return facts.some(isTakenAcquire) && !facts.some((fact) => isSent(fact, "release"));
}

function isTakenAcquire(fact: Fact): boolean {
  return fact.what === "answered" && fact.question.operation === "acquire" && fact.outcome === 0;
}

/** An acquire of the same name was granted behind it. */
function isFollowed(release: AskedQuestion, factsOf: (question: AskedQuestion) => readonly Fact[]): boolean {
  const { questions } = release.command;
  return questions
    .slice(questions.indexOf(release))
    .filter(({ name, operation }) => operation === "acquire" && name === release.name)
    .some((acquire) =>
      factsOf(acquire).some(
        (fact) => fact.what === "answered" && fact.question === acquire && isGrant(fact.outcome),
      ),
    );
}
