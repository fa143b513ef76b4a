import { LockLostError } from "@redsync/core";
import { isA, ok } from "./assert.ts";
import type { Fixture } from "./fixture/fixture.ts";

export const losses: readonly {
  readonly reason: "expired" | "taken";
  readonly status: "absent" | "taken";
  lose(fixture: Fixture): Promise<void>;
}[] = [
  { reason: "expired", status: "absent", lose: (fixture) => fixture.tampering.forget() },
  { reason: "taken", status: "taken", lose: (fixture) => fixture.tampering.takenByOther() },
];

/** What the signal has aborted with: a loss. */
export function lossOf(signal: AbortSignal): LockLostError {
  ok(signal.aborted, "the signal has aborted");
  isA(signal.reason, LockLostError);
  return signal.reason;
}
