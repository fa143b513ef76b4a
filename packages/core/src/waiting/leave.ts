import { Background } from "../background.ts";
import { type LockSpec, type NodeKey, type RedsyncContext, specOf } from "../lock-spec.ts";
import { Ownership } from "../ownership.ts";
import { resolveSettings } from "../settings.ts";

/** Takes a waiter out of queues, and passes on what is kept for it there: a reservation is released as a value is. */
export function leaveQueues(
  spec: LockSpec,
  keys: readonly NodeKey[],
  id: (name: string) => string,
  background: Background,
): void {
  for (const name of new Set(keys.map((key) => key.name))) {
    const reservation = new Ownership(spec, id(name));
    const left = keys.filter((key) => key.name === name);
    for (const { index } of left) reservation.written[index] = true;
    reservation.release(background, { keys: left });
  }
}

/** Leaves a queue for a waiter that nobody knows any more: the node heard of its wait when that was over. */
export function leaveForStray(context: RedsyncContext, node: number, id: string): void {
  const name = id.split(":").slice(3).join(":");
  const spec = specOf(context, [name], resolveSettings(undefined));
  const key = spec.keys[node];
  if (key) leaveQueues(spec, [key], () => id, new Background(context.inFlight));
}
