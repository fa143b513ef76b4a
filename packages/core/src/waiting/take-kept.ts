import type { Waiting } from "../asking.ts";
import { Background } from "../background.ts";
import type { NodeKey } from "../lock-spec.ts";
import type { Ownership } from "../ownership.ts";

/** Takes a name that a node kept for whoever has the lock by now, if that node does not have it. Returns whether it may. */
export function takeKept(ownership: Ownership, key: NodeKey, waiter: Waiting): boolean {
  const { holder, spec, token } = ownership;
  // Just granted, it has no holder yet.
  if (holder?.mayRepair === false) return false;
  const background = new Background(spec.context.inFlight);
  ownership.ask({
    operation: "repair",
    background,
    token,
    keys: [key],
    enter: (key) => waiter.enter(key),
    onAnswer: (key, answer) => waiter.onAnswer(key, answer, ownership, background),
  });
  return true;
}
