import type { Waiting } from "./asking.ts";
import type { Background } from "./background.ts";
import { proposedToken } from "./fence-key.ts";
import type { LockSpec } from "./lock-spec.ts";
import { Ownership } from "./ownership.ts";
import type { Round } from "./round.ts";
import { Votes } from "./votes.ts";
import { Wait } from "./wait.ts";

const NOTHING = Promise.resolve();

/** What came of one attempt. */
export interface Attempt {
  readonly ownership: Ownership;
  readonly round: Round;
  /** The round that decided: with fencing, the one about the token. */
  readonly last: Round;
  readonly result: "acquired" | "taken" | "failed";
  /** Resolves when the nodes that had granted a failed attempt have released it. */
  readonly undone: Promise<void>;
}

/** Tries once to write this value on a quorum, and undoes what came of it if that fails. Knows nothing of waiting for others. */
export function attempt(
  spec: LockSpec,
  value: string,
  number: number,
  wait: Wait,
  background: Background,
  waiter?: Waiting,
): Promise<Attempt> {
  const { fencing } = spec.settings;
  const ownership = new Ownership(spec, value);
  const token = fencing ? proposedToken(spec.context.clock) : undefined;
  const round = ownership.ask({
    operation: "acquire",
    background,
    attempt: number,
    token,
    ...(waiter && {
      enter: (key) => waiter.enter(key),
      onAnswer: (key, answer) => waiter.onAnswer(key, answer, ownership, background),
    }),
  });
  const result = (last: Round) => resultOf(ownership, round, last, wait);
  return decidedOrEnd(round, wait, () => {
    if (!fencing || !round.votes.isGranted) return result(round);
    return raiseToken(ownership, round, wait).then(result);
  });
}

/** Reads the clock after the replies. Throws what a framework needs back. */
function resultOf(ownership: Ownership, round: Round, last: Round, wait: Wait): Attempt {
  // What is left of the last millisecond is nothing to its holder, who counts in whole ones.
  const left = Math.floor(ownership.spec.settings.validity - round.elapsed);
  const { isClosed } = ownership.spec.context.lifetime;
  const isOver = wait.isAborted || isClosed;
  if (last.votes.isGranted && left > 0 && !isOver)
    return { ownership, round, last, result: "acquired", undone: NOTHING };
  const undone = ownership.undo(round, round.options.background, isOver || wait.timedOut);
  const { platformError = last.platformError } = round;
  if (platformError) throw platformError.error;
  return { ownership, round, last, result: last.votes.isContended ? "taken" : "failed", undone };
}

/** Waits for the decision of a round, which comes at once when the call is aborted or times out. Resolves to what `then` makes of it. */
export function decidedOrEnd<T>(round: Round, wait: Wait, then: () => T | Promise<T>): Promise<T> {
  if (wait !== Wait.unbounded) wait.onEnd(() => round.decide());
  return round.decided(then);
}

/**
 * Makes the largest token that the round was granted the lock's, and has it stored by a quorum of every name: nodes that
 * stored less are raised, as long as our value is there. So the next holder meets the token on a node of its own quorum, and gets
 * a larger one. Resolves to the round that decides: this one, if enough nodes agree.
 */
function raiseToken(ownership: Ownership, round: Round, wait: Wait): Promise<Round> {
  const { context, keys, names } = ownership.spec;
  let token = 0;
  for (const key of keys) token = Math.max(token, round.questions.tokenOf(key) ?? 0);
  ownership.token = token;
  const granted = keys.filter((key) => round.questions.tokenOf(key) === token);
  const votes = new Votes(names.length, context.voters.length, granted);
  if (votes.isGranted) return Promise.resolve(round);
  const below = keys.filter((key) => (round.questions.tokenOf(key) ?? token) < token);
  const raise = ownership.ask({
    operation: "extend",
    background: round.options.background,
    token,
    keys: below,
    granted,
  });
  return decidedOrEnd(raise, wait, () => raise);
}

/** Undoes an attempt that is granted in the very moment in which its call ends: nobody hears of it. */
export function giveBackLate(attempting: Promise<Attempt | undefined>, background: Background): void {
  const giveBack = (late: Attempt | undefined) => {
    if (late?.result === "acquired") void late.ownership.undo(late.round, background, true);
  };
  attempting.then(giveBack, () => {});
}
