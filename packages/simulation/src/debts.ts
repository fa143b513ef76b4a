import {
  type Exchange,
  type Fact,
  type Heard,
  isExecuted,
  isGrant,
  isLateRepair,
  isSent,
  type Sent,
} from "./facts.ts";
import { Violation } from "./violation.ts";

/** A value is never asked for after it was taken back: on any connection, that could overtake. */
export function checkOrder(facts: readonly Fact[], where: string): void {
  const release = facts.findIndex((fact) => isSent(fact, "release"));
  if (release >= 0 && facts.slice(release).some((fact) => isSent(fact, "acquire", "repair")))
    throw new Violation("no acquire after its undo", where);
}

/** A node that was asked, and did not say that it had done nothing, was told to delete. */
export function checkUndone(facts: readonly Fact[], where: string): void {
  const last = facts.findLastIndex(
    (fact) => isSent(fact, "acquire", "repair") && !didNothing(facts, fact.exchange),
  );
  if (last >= 0 && !facts.slice(last).some((fact) => isSent(fact, "release")))
    throw new Violation("everything undone", `${where} was asked for and never taken back`);
}

function didNothing(facts: readonly Fact[], exchange: Exchange): boolean {
  return facts.some(
    (fact) =>
      fact.what === "answered" && fact.exchange === exchange && !isGrant(fact.outcome) && fact.outcome !== -1,
  );
}

/** A node that had the value, when others showed that it was lost, was told to delete it. */
export function checkLost(facts: readonly Fact[], where: string): void {
  const lost = facts.findIndex((fact) => fact.what === "lost");
  const fact = facts[lost];
  if (fact?.what !== "lost") return;
  const asked = facts
    .slice(0, lost)
    .findLast((one) => isSent(one, "acquire", "repair", "extend", "adopt", "verify")) as Sent | undefined;
  if (asked === undefined || asked.at < fact.since) return;
  const had = facts
    .slice(0, lost)
    .some((one) => one.what === "answered" && one.exchange === asked.exchange && isGrant(one.outcome));
  if (had && !facts.slice(facts.indexOf(asked)).some((one) => isSent(one, "release")))
    throw new Violation("nothing left behind", `${where}: lost elsewhere, and kept`);
}

export function checkNothingLeft(facts: readonly Fact[], where: string): void {
  const set = facts.findLastIndex((fact) => isExecuted(fact, "acquire", "repair") && isGrant(fact.outcome));
  const gone = facts.findLastIndex(
    (fact) => fact.what === "forgot" || (isExecuted(fact, "release") && typeof fact.outcome === "number"),
  );
  if (set < 0 || set < gone) return;
  const { copy } = facts[set] as Heard;
  const heard = facts.findIndex((fact) => fact.what === "answered" && fact.copy === copy);
  // What no reply can tell ends with its TTL.
  if (heard < 0) return;
  const undos = facts.slice(heard).filter((fact) => isSent(fact, "release"));
  if (undos.length === 0) throw new Violation("nothing left behind", `${where}: granted, heard, and kept`);
  if (!undos.some(({ exchange }) => wasLost(facts, exchange)))
    throw new Violation("nothing left behind", `${where}: taken back in vain`);
}

/** Never ran, or ran into a missing script and the server's word of it was lost. */
function wasLost(facts: readonly Fact[], exchange: Exchange): boolean {
  const runs = facts.filter((fact) => isExecuted(fact, "release")).filter((run) => run.exchange === exchange);
  if (runs.length === 0) return true;
  const isAnswered = facts.some((fact) => fact.what === "answered" && fact.exchange === exchange);
  return !isAnswered && runs.every((fact) => fact.outcome instanceof Error);
}

/** What a repair gave to a lock that was over is taken back. */
export function checkRepaired(facts: readonly Fact[], where: string): void {
  const repair = facts.findLastIndex(isLateRepair);
  if (repair < 0 || facts.slice(repair).some((fact) => isSent(fact, "release"))) return;
  throw new Violation("nothing left behind", `${where}: repaired when the lock was over, and kept`);
}
