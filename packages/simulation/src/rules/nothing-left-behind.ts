import {
  type Answered,
  type AskedQuestion,
  type Fact,
  isExecuted,
  isGrant,
  isSent,
  type Sent,
} from "../facts.ts";
import { isId } from "../questions.ts";
import { type Complaint, firstOf, rule } from "../rule.ts";
import { isFoundByNodes } from "../verdicts.ts";
import type { Watch } from "../watch.ts";

const PRECISION_MS = 3;

/** What is known of a lock that nodes said was lost, and when core must have deleted the rest of it. */
interface Loss {
  readonly watch: Watch;
  readonly value: string;
  readonly due: number;
}

export const nothingLeftBehind = () => {
  const losses = new Set<Loss>();
  const given = new Set<string>();
  return rule({
    name: "nothing left behind",
    promise:
      "A value of a call that is over, or of a lock that was found lost, is deleted wherever core heard that it sits.",
    onReport(report, { now, timeout, wake }) {
      if (report.what === "given") given.add(report.lock.value);
      if (report.what !== "lost" || report.watch.letGo || !isFoundByNodes(report.why)) return undefined;
      const { watch } = report;
      const ms = watch.process.trueTime(timeout) + PRECISION_MS;
      losses.add({ watch, value: watch.lock?.value ?? "", due: now + ms });
      wake(ms);
      return undefined;
    },
    onStep({ coverage, journal, now }) {
      return firstOf(losses, (loss) => {
        if (now < loss.due) return undefined;
        losses.delete(loss);
        const { letGo, process } = loss.watch;
        if (letGo || process.isDisturbed || process.isCrashed) return undefined;
        coverage.count("found lost");
        return firstOf(journal.threadsOf(loss.value), ([where, facts]) => keptThoughLost(facts, where));
      });
    },
    onEnd({ cleanup, coverage, journal, mayRetake, plan }) {
      const finished = firstOf(cleanup.finishedValues, (value) =>
        firstOf(journal.threadsOf(value), ([where, facts]) => keptThoughOver(facts, where)),
      );
      // Of core's own values nobody says whose they were: all calls are over.
      if (finished === undefined && plan.valuesOfCore) {
        const lost = firstOf(journal.values, (value) =>
          given.has(value) || isId(value) || journal.isOfCrashed(value)
            ? undefined
            : firstOf(journal.threadsOf(value), ([where, facts]) => keptThoughOver(facts, where)),
        );
        if (lost !== undefined) return lost;
      }
      // A process that crashes leaves what it has.
      if (finished !== undefined || coverage.counts.has("crashed") || mayRetake) return finished;
      return firstOf(journal.values, (value) =>
        firstOf(
          journal.threadsOf(value),
          ([where, facts]) => keptThoughLost(facts, where) ?? keptThoughRepairedLate(facts, where),
        ),
      );
    },
  });
};

/** A node that granted it, in a reply that core heard, was asked to delete it, by a command that did not get lost. */
function keptThoughOver(facts: readonly Fact[], where: string): Complaint {
  const set = facts.findLastIndex((fact) => isExecuted(fact, "acquire", "repair") && isGrant(fact.outcome));
  const gone = facts.findLastIndex(
    (fact) => fact.what === "forgot" || (isExecuted(fact, "release") && typeof fact.outcome === "number"),
  );
  if (set < 0 || set < gone) return undefined;
  const { copy, question } = facts[set] as Answered;
  const heard = facts.findIndex(
    (fact) => fact.what === "answered" && fact.copy === copy && fact.question === question,
  );
  // What core cannot know from a reply ends with its TTL.
  if (heard < 0) return undefined;
  const undos = facts.slice(heard).filter((fact) => isSent(fact, "release"));
  if (undos.length === 0) return `${where}: granted, heard, and kept`;
  return undos.some((undo) => wasLost(facts, undo.question)) ? undefined : `${where}: taken back in vain`;
}

/** Never ran, or ran into a missing script and the server's reply to it was lost. */
function wasLost(facts: readonly Fact[], question: AskedQuestion): boolean {
  const runs = facts.filter((fact) => isExecuted(fact, "release")).filter((run) => run.question === question);
  if (runs.length === 0) return true;
  const isAnswered = facts.some((fact) => fact.what === "answered" && fact.question === question);
  return !isAnswered && runs.every((fact) => fact.outcome instanceof Error);
}

/** A node that had the value, when others showed that it was lost, was asked to delete it. */
function keptThoughLost(facts: readonly Fact[], where: string): Complaint {
  const lost = facts.findIndex((fact) => fact.what === "lost");
  const fact = facts[lost];
  if (fact?.what !== "lost") return undefined;
  const asked = facts
    .slice(0, lost)
    .findLast((one) => isSent(one, "acquire", "repair", "extend", "adopt", "verify")) as Sent | undefined;
  if (asked === undefined || asked.at < fact.since) return undefined;
  const had = facts
    .slice(0, lost)
    .some((one) => one.what === "answered" && one.question === asked.question && isGrant(one.outcome));
  const isUndone = facts.slice(facts.indexOf(asked)).some((one) => isSent(one, "release"));
  return had && !isUndone ? `${where}: lost elsewhere, and kept` : undefined;
}

/** What a repair gave to a lock that was over is taken back. */
function keptThoughRepairedLate(facts: readonly Fact[], where: string): Complaint {
  const repair = facts.findLastIndex(
    (fact) => fact.what === "answered" && fact.isOver && isGrant(fact.outcome),
  );
  if (repair < 0 || facts.slice(repair).some((fact) => isSent(fact, "release"))) return undefined;
  return `${where}: repaired when the lock was over, and kept`;
}
