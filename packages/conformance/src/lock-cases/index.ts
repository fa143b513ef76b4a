import type { Case } from "../harness.ts";
import { aborts } from "./aborts.ts";
import { acquire } from "./acquire.ts";
import { adopt } from "./adopt.ts";
import { contention } from "./contention.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { extend } from "./extend.ts";
import { fences } from "./fences.ts";
import { fencing } from "./fencing.ts";
import { late } from "./late.ts";
import { names } from "./names.ts";
import { options } from "./options.ts";
import { outages } from "./outages.ts";
import { raise } from "./raise.ts";
import { refusals } from "./refusals.ts";
import { renewal } from "./renewal.ts";
import { repair } from "./repair.ts";
import { resends } from "./resends.ts";
import { several } from "./several.ts";
import { severalHeld } from "./several-held.ts";
import { signal } from "./signal.ts";
import { unlock } from "./unlock.ts";
import { using } from "./using.ts";
import { usingLost } from "./using-lost.ts";
import { values } from "./values.ts";
import { verdict } from "./verdict.ts";
import { verify } from "./verify.ts";
import { work } from "./work.ts";

/** What a lock owes to its user, whatever the client and the runtime. */
export const lockCases: readonly Case[] = [
  ...acquire,
  ...contention,
  ...verdict,
  ...outages,
  ...refusals,
  ...extend,
  ...verify,
  ...unlock,
  ...adopt,
  ...using,
  ...usingLost,
  ...renewal,
  ...signal,
  ...repair,
  ...fencing,
  ...raise,
  ...fences,
  ...several,
  ...severalHeld,
  ...resends,
  ...late,
  ...aborts,
  ...values,
  ...names,
  ...options,
  ...errors,
  ...events,
  ...work,
];
