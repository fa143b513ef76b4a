import type { Call } from "./call.ts";
import type { Claim } from "./claim.ts";
import { brief } from "./errors.ts";
import type { Target } from "./nodes.ts";
import { Ballot } from "./quorum.ts";
import type { Round } from "./round.ts";

const SUFFIX = ":fence";

/**
 * The key of a name's fence, which must lie in the name's own Cluster slot: `{name}:fence`, or `name:fence` where the name has a
 * hash tag of its own.
 *
 * @throws `RangeError` for a name whose fence would lie elsewhere, or that could be a fence itself.
 */
export function fenceOf(name: string): string {
  // A slot goes by what stands between the first "{" and the first "}" after it, unless that is nothing.
  const hasTag = /^[^{]*\{[^}]+\}/.test(name);
  if (name.endsWith(SUFFIX) || (!hasTag && name.includes("}")))
    throw new RangeError(
      `fencing: the name "${brief(name)}" must not end in "${SUFFIX}", nor have a "}" without a hash tag, as in "{tag}name"`,
    );
  return hasTag ? `${name}${SUFFIX}` : `{${name}}${SUFFIX}`;
}

/** The token that a client proposes: its wall clock, in microseconds. */
export function proposal({ clock }: Target): number {
  return Math.floor(clock.wall() * 1_000);
}

/**
 * Makes the largest token that the round was granted the claim's, and has it stored by a quorum of every name: nodes that
 * stored less are raised, as long as our value sits there. So whoever comes next meets it on a node of his own quorum, and gets
 * a larger one. Resolves to the round that decides: this one, where enough nodes agree.
 */
export async function agree(claim: Claim, round: Round, call: Call): Promise<Round> {
  const { links, names, seats } = claim.target;
  const { tokens } = round;
  let token = 0;
  for (const each of tokens.values()) token = Math.max(token, each);
  const granted = seats.filter((seat) => tokens.get(seat) === token);
  claim.token = token;
  if (new Ballot(names.length, links.length, granted).isGranted) return round;
  const below = seats.filter((seat) => (tokens.get(seat) ?? token) < token);
  const raise = claim.put("extend", call, { seats: below, granted });
  await call.judge(raise);
  return raise;
}
