import type { Clock } from "./clock.ts";
import { truncate } from "./redact.ts";

const SUFFIX = ":fence";

/**
 * The key of a name's fence, which must lie in the name's own Cluster slot: `{name}:fence`, or `name:fence` if the name has a
 * hash tag of its own.
 *
 * @throws `RangeError` for a name whose fence would lie elsewhere, or that could be a fence itself.
 */
export function fenceKey(name: string): string {
  // A slot goes by what stands between the first "{" and the first "}" after it, unless that is nothing.
  const hasTag = /^[^{]*\{[^}]+\}/.test(name);
  if (name.endsWith(SUFFIX) || (!hasTag && name.includes("}")))
    throw new RangeError(
      `fencing: the name "${truncate(name)}" must not end in "${SUFFIX}", nor have a "}" without a hash tag, as in "{tag}name"`,
    );
  return hasTag ? `${name}${SUFFIX}` : `{${name}}${SUFFIX}`;
}

/** The token that a client proposes: its wall clock, in microseconds. */
export function proposedToken(clock: Clock): number {
  return Math.floor(clock.wall() * 1_000);
}
