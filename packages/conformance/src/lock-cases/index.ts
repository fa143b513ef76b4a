import type { Case } from "../harness.ts";
import { aborts } from "./aborts.ts";
import { abortsInFlight } from "./aborts-in-flight.ts";
import { acquire } from "./acquire.ts";
import { adopt } from "./adopt.ts";
import { batchRefusals } from "./batch-refusals.ts";
import { batchReplies } from "./batch-replies.ts";
import { batches } from "./batches.ts";
import { cleanUp } from "./clean-up.ts";
import { closing } from "./closing.ts";
import { contention } from "./contention.ts";
import { deleteRefusals } from "./delete-refusals.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { eventsOfNodes } from "./events-of-nodes.ts";
import { extend } from "./extend.ts";
import { fenceRefusals } from "./fence-refusals.ts";
import { fences } from "./fences.ts";
import { fencing } from "./fencing.ts";
import { handOver } from "./hand-over.ts";
import { inspection } from "./inspection.ts";
import { late } from "./late.ts";
import { lateRepairs } from "./late-repairs.ts";
import { loss } from "./loss.ts";
import { maxHold } from "./max-hold.ts";
import { names } from "./names.ts";
import { options } from "./options.ts";
import { outages } from "./outages.ts";
import { queue } from "./queue.ts";
import { queueLeaving } from "./queue-leaving.ts";
import { queueReservations } from "./queue-reservations.ts";
import { queueTroubles } from "./queue-troubles.ts";
import { raise } from "./raise.ts";
import { refusals } from "./refusals.ts";
import { renewal } from "./renewal.ts";
import { renewalFails } from "./renewal-fails.ts";
import { repair } from "./repair.ts";
import { resends } from "./resends.ts";
import { scriptRefusals } from "./script-refusals.ts";
import { setNXOnExtend } from "./set-nx-on-extend.ts";
import { several } from "./several.ts";
import { severalHeld } from "./several-held.ts";
import { signal } from "./signal.ts";
import { silentNodes } from "./silent-nodes.ts";
import { timeouts } from "./timeouts.ts";
import { tokensGrow } from "./tokens-grow.ts";
import { unlock } from "./unlock.ts";
import { unlockInDoubt } from "./unlock-in-doubt.ts";
import { using } from "./using.ts";
import { usingLost } from "./using-lost.ts";
import { usingRefused } from "./using-refused.ts";
import { values } from "./values.ts";
import { verdict } from "./verdict.ts";
import { verify } from "./verify.ts";
import { waiting } from "./waiting.ts";
import { waitingBesideOthers } from "./waiting-beside-others.ts";
import { waitingTries } from "./waiting-tries.ts";
import { work } from "./work.ts";

/** What a lock owes to its user, whatever the client and the runtime. */
export const lockCases: readonly Case[] = [
  ...acquire,
  ...contention,
  ...waiting,
  ...waitingTries,
  ...waitingBesideOthers,
  ...queue,
  ...queueLeaving,
  ...queueReservations,
  ...queueTroubles,
  ...verdict,
  ...outages,
  ...silentNodes,
  ...refusals,
  ...scriptRefusals,
  ...deleteRefusals,
  ...fenceRefusals,
  ...extend,
  ...setNXOnExtend,
  ...verify,
  ...unlock,
  ...unlockInDoubt,
  ...adopt,
  ...handOver,
  ...using,
  ...usingRefused,
  ...usingLost,
  ...renewal,
  ...renewalFails,
  ...maxHold,
  ...signal,
  ...loss,
  ...repair,
  ...lateRepairs,
  ...fencing,
  ...tokensGrow,
  ...raise,
  ...fences,
  ...several,
  ...severalHeld,
  ...batches,
  ...batchReplies,
  ...batchRefusals,
  ...resends,
  ...late,
  ...aborts,
  ...abortsInFlight,
  ...timeouts,
  ...values,
  ...names,
  ...options,
  ...errors,
  ...events,
  ...eventsOfNodes,
  ...work,
  ...closing,
  ...inspection,
  ...cleanUp,
];
