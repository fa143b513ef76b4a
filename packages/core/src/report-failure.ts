import type { AskingRound } from "./asking.ts";
import { elapsed } from "./clock.ts";
import type { NodeKey } from "./lock-spec.ts";
import type { NodeError } from "./node-error.ts";

/** Reports a node that failed a round to `onEvent`, unless the outage is known by now. */
export function reportFailure(round: AskingRound, { name, health }: NodeKey, error: NodeError): void {
  const { context, settings } = round.spec;
  if (settings.onEvent === undefined) return;
  const failures = health.outage.count(context.clock.monotonic());
  if (failures === 0) return;
  const { operation, attempt } = round.options;
  settings.onEvent({
    type: "nodeFailed",
    name,
    operation,
    ...(attempt && { attempt }),
    node: health.index,
    ms: elapsed(context.clock, round),
    failures,
    error,
  });
}
