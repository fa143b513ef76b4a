import type { Rule } from "./rule.ts";
import { aFreeNameIsAskedFor } from "./rules/a-free-name-is-asked-for.ts";
import { aLeaseBeginsWithItsAttempt } from "./rules/a-lease-begins-with-its-attempt.ts";
import { aLineMakesRoomForOthers } from "./rules/a-line-makes-room-for-others.ts";
import { aLineSaysWhoHasTheName } from "./rules/a-line-says-who-has-the-name.ts";
import { aQuorumStoresIt } from "./rules/a-quorum-stores-it.ts";
import { aQuorumStoresItsToken } from "./rules/a-quorum-stores-its-token.ts";
import { aReleaseKeepsTheNameForWhoWaits } from "./rules/a-release-keeps-the-name-for-who-waits.ts";
import { aResentReleaseIsNoTaken } from "./rules/a-resent-release-is-no-taken.ts";
import { aResentUnlockWasOurs } from "./rules/a-resent-unlock-was-ours.ts";
import { aScoreNeverChanges } from "./rules/a-score-never-changes.ts";
import { aStrayCallIsAnswered } from "./rules/a-stray-call-is-answered.ts";
import { anHeirKeepsTheToken } from "./rules/an-heir-keeps-the-token.ts";
import { anUnlockPassesTheNameOn } from "./rules/an-unlock-passes-the-name-on.ts";
import { askedAgainAlone } from "./rules/asked-again-alone.ts";
import { calmNodesGrant } from "./rules/calm-nodes-grant.ts";
import { comesToAnEnd } from "./rules/comes-to-an-end.ts";
import { errorsSayWhatWasAnswered } from "./rules/errors-say-what-was-answered.ts";
import { everyCallSettles } from "./rules/every-call-settles.ts";
import { everythingUndone } from "./rules/everything-undone.ts";
import { goesOnRenewing } from "./rules/goes-on-renewing.ts";
import { knownErrors } from "./rules/known-errors.ts";
import { noAcquireAfterItsUndo } from "./rules/no-acquire-after-its-undo.ts";
import { noListenerLeft } from "./rules/no-listener-left.ts";
import { noLongerThanItMay } from "./rules/no-longer-than-it-may.ts";
import { noLostWaiter } from "./rules/no-lost-waiter.ts";
import { noTimerLeft } from "./rules/no-timer-left.ts";
import { noValueInAnError } from "./rules/no-value-in-an-error.ts";
import { nobodyInBetween } from "./rules/nobody-in-between.ts";
import { nothingLeftBehind } from "./rules/nothing-left-behind.ts";
import { nothingLeftInQueues } from "./rules/nothing-left-in-queues.ts";
import { nothingSentAfterUnlock } from "./rules/nothing-sent-after-unlock.ts";
import { onWorkersOneCallACommand } from "./rules/on-workers-one-call-a-command.ts";
import { oneHolder } from "./rules/one-holder.ts";
import { oneNameInOrder } from "./rules/one-name-in-order.ts";
import { oneNameLostIsAllLost } from "./rules/one-name-lost-is-all-lost.ts";
import { othersHaveTheirTurn } from "./rules/others-have-their-turn.ts";
import { renewedWhileCalm } from "./rules/renewed-while-calm.ts";
import { repairedWhileCalm } from "./rules/repaired-while-calm.ts";
import { servedInTheOrderOfTheLine } from "./rules/served-in-the-order-of-the-line.ts";
import { servedInTheOrderOfTheQueue } from "./rules/served-in-the-order-of-the-queue.ts";
import { slotsAreRemembered } from "./rules/slots-are-remembered.ts";
import { stoppedWhenNobodyWaits } from "./rules/stopped-when-nobody-waits.ts";
import { textOnlyIfTheDigestIsRefused } from "./rules/text-only-if-the-digest-is-refused.ts";
import { theFenceGoesAlong } from "./rules/the-fence-goes-along.ts";
import { tokensGoByTheNodesClocks } from "./rules/tokens-go-by-the-nodes-clocks.ts";
import { tokensGrow } from "./rules/tokens-grow.ts";
import { toldWhenItIsLost } from "./rules/told-when-it-is-lost.ts";
import { usingSaysWhatBecameOfIt } from "./rules/using-says-what-became-of-it.ts";
import { validWhenGiven } from "./rules/valid-when-given.ts";
import { whoGivesUpLetsTheNextOneAsk } from "./rules/who-gives-up-lets-the-next-one-ask.ts";

/** Every rule, or what makes it anew for each run. Of several that break at once the first one is reported. */
const all = [
  // Safety, by what is stored and by what is given.
  oneHolder,
  aQuorumStoresIt,
  nobodyInBetween,
  aQuorumStoresItsToken,
  validWhenGiven,
  tokensGrow,
  tokensGoByTheNodesClocks,
  theFenceGoesAlong,
  anHeirKeepsTheToken,
  // What a held lock may count on.
  renewedWhileCalm,
  noLongerThanItMay,
  goesOnRenewing,
  repairedWhileCalm,
  toldWhenItIsLost,
  oneNameLostIsAllLost,
  usingSaysWhatBecameOfIt,
  calmNodesGrant,
  knownErrors,
  // Commands of many questions.
  oneNameInOrder,
  onWorkersOneCallACommand,
  askedAgainAlone,
  slotsAreRemembered,
  textOnlyIfTheDigestIsRefused,
  errorsSayWhatWasAnswered,
  noValueInAnError,
  aResentUnlockWasOurs,
  stoppedWhenNobodyWaits,
  // Calls of one process that wait in line.
  servedInTheOrderOfTheLine,
  anUnlockPassesTheNameOn,
  whoGivesUpLetsTheNextOneAsk,
  aFreeNameIsAskedFor,
  aLineMakesRoomForOthers,
  othersHaveTheirTurn,
  aLineSaysWhoHasTheName,
  // Those who wait in the nodes' queues.
  aLeaseBeginsWithItsAttempt,
  aScoreNeverChanges,
  aReleaseKeepsTheNameForWhoWaits,
  aResentReleaseIsNoTaken,
  aStrayCallIsAnswered,
  servedInTheOrderOfTheQueue,
  noLostWaiter,
  nothingLeftInQueues,
  // What is left when something is over.
  comesToAnEnd,
  everyCallSettles,
  noListenerLeft,
  noTimerLeft,
  nothingSentAfterUnlock,
  noAcquireAfterItsUndo,
  everythingUndone,
  nothingLeftBehind,
] as const;

type Made<Each> = Each extends () => infer Result ? Result : Each;

/** The name of a rule that exists. */
export type RuleName = Made<(typeof all)[number]>["name"];

/** All rules, for one run. */
export function makeRules(): Rule<RuleName>[] {
  return all.map((each) => (typeof each === "function" ? each() : each));
}
