import { aQuorumStoresIt } from "./a-quorum-stores-it.ts";
import { aQuorumStoresItsToken } from "./a-quorum-stores-its-token.ts";
import { anHeirKeepsTheToken } from "./an-heir-keeps-the-token.ts";
import { calmNodesGrant } from "./calm-nodes-grant.ts";
import { comesToAnEnd } from "./comes-to-an-end.ts";
import { everyCallSettles } from "./every-call-settles.ts";
import { everythingUndone } from "./everything-undone.ts";
import { goesOnRenewing } from "./goes-on-renewing.ts";
import { knownErrors } from "./known-errors.ts";
import { noAcquireAfterItsUndo } from "./no-acquire-after-its-undo.ts";
import { noListenerLeft } from "./no-listener-left.ts";
import { noLongerThanItMay } from "./no-longer-than-it-may.ts";
import { noTimerLeft } from "./no-timer-left.ts";
import { nobodyInBetween } from "./nobody-in-between.ts";
import { nothingLeftBehind } from "./nothing-left-behind.ts";
import { nothingSentAfterUnlock } from "./nothing-sent-after-unlock.ts";
import { oneHolder } from "./one-holder.ts";
import { oneNameLostIsAllLost } from "./one-name-lost-is-all-lost.ts";
import { renewedWhileCalm } from "./renewed-while-calm.ts";
import { repairedWhileCalm } from "./repaired-while-calm.ts";
import type { Rule } from "./rule.ts";
import { theFenceGoesAlong } from "./the-fence-goes-along.ts";
import { tokensGoByTheNodesClocks } from "./tokens-go-by-the-nodes-clocks.ts";
import { tokensGrow } from "./tokens-grow.ts";
import { toldWhenItIsLost } from "./told-when-it-is-lost.ts";
import { usingSaysWhatBecameOfIt } from "./using-says-what-became-of-it.ts";
import { validWhenGiven } from "./valid-when-given.ts";

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
