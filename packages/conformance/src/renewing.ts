import type { MutexOptions } from "@redsync/core";
import type { Fixture } from "./fixture/fixture.ts";
import { calling } from "./fixture/matches.ts";

/** A lock that extends itself. */
export const renewing: MutexOptions = { autoExtend: true };

/** How many extensions the first node was sent. */
export const extensions = (fixture: Fixture): number => fixture.at(0).sent.filter(calling("extend")).length;
