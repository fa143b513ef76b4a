import { hundredths, whole } from "../figures.ts";
import type { Target } from "../targets.ts";
import { atLeast, atMost, ratio, type Verdict } from "../verdict.ts";
import { type Counted, type Outcome, unevenness } from "./outcome.ts";
import { waiter } from "./waiters.ts";

const MOST_OVER_THE_WORK = 1.15;
const LEAST_OVER_PEERS = 7;
const MOST_UNEVEN = 0.1;

export function arrivalTargets(title: string, outcomes: readonly Outcome[]): Target[] {
  const ours = countedOf(outcomes, "redsync");
  if (ours?.makespan === undefined) return [];
  const done = outcomes.filter(({ counted }) => counted?.makespan?.isDone);
  const fastest = best(done, ({ makespan }) => -(makespan?.ms ?? 0));
  return [
    targetOf(title, atMost(MOST_OVER_THE_WORK, ours.makespan.ratio, ratio), {
      unit: "× the work",
      measured: hundredths(ours.makespan.ratio),
      beside: fastest && `${waiter(fastest.waiter).label} ${hundredths(fastest.counted.makespan?.ratio)}`,
    }),
  ];
}

/** Of processes that want the same name; the owners change so much oftener on these numbers of nodes. */
export function loopTargets(title: string, outcomes: readonly Outcome[], mostCommands: number): Target[] {
  const ours = countedOf(outcomes, "redsync");
  if (ours === undefined) return [];
  return [
    ...changeTargets(title, ours, outcomes),
    ...shareTargets(title, ours),
    commandTarget(title, ours.commands, mostCommands),
  ];
}

function changeTargets(title: string, ours: Counted, outcomes: readonly Outcome[]): Target[] {
  const peer = best(outcomes, changesASecond);
  if (peer === undefined) return [];
  // Nobody's owners change so seldom that the ratio has no end: one change was under way.
  const times = changesASecond(ours) / Math.max(changesASecond(peer.counted), 1 / peer.counted.seconds);
  return [
    targetOf(`${title}: changes of owner`, atLeast(LEAST_OVER_PEERS, times, ratio), {
      unit: "× the best peer",
      measured: hundredths(times),
      beside: `${whole.format(changesASecond(ours))} a second, ${waiter(peer.waiter).label} ${whole.format(changesASecond(peer.counted))}`,
    }),
  ];
}

function shareTargets(title: string, { shares }: Counted): Target[] {
  const uneven = unevenness(shares);
  return [
    targetOf(`${title}: shares, from an equal one`, atMost(MOST_UNEVEN, uneven, ratio), {
      unit: "of it",
      measured: hundredths(uneven),
      beside: `${Math.min(...shares)} to ${Math.max(...shares)} turns`,
    }),
  ];
}

/** What a turn costs each node, as clients send it. */
export function commandTarget(title: string, commands: number, most: number): Target {
  return targetOf(`${title}: commands a turn and node`, atMost(most, commands, ratio), {
    unit: "",
    measured: hundredths(commands),
  });
}

/** One line of the table of targets. */
export function targetOf(
  what: string,
  { target, outcome }: Verdict,
  { unit, measured, beside }: { unit: string; measured: string; beside?: string | undefined },
): Target {
  return {
    what,
    target: `${target} ${unit}`.trim(),
    measured,
    outcome,
    ...(beside !== undefined && { beside }),
  };
}

export function changesASecond({ changes, seconds }: Counted): number {
  return changes / seconds;
}

/** The peer that has most of it, whatever its pauses are. */
export function best(
  outcomes: readonly Outcome[],
  of: (counted: Counted) => number,
): { readonly waiter: Outcome["waiter"]; readonly counted: Counted } | undefined {
  return outcomes
    .flatMap(({ waiter: id, counted }) =>
      counted !== undefined && waiter(id).isPeer ? [{ waiter: id, counted }] : [],
    )
    .sort((a, b) => of(b.counted) - of(a.counted))[0];
}

function countedOf(outcomes: readonly Outcome[], id: Outcome["waiter"]): Counted | undefined {
  return outcomes.find((outcome) => outcome.waiter === id)?.counted;
}
