import type { Question } from "./questions.ts";
import type { Random } from "./random.ts";

/** For which of its keys, or for how many of them, a server refuses a whole command. */
export interface Limits {
  /** A name that the client's user may not touch. */
  readonly forbidden?: string;
  /** A name that holds another type: an error of that question alone. */
  readonly otherType?: string;
  /** A Cluster, or a proxy that shards: each name has a slot of its own. */
  readonly hasSlots?: true;
  /** The chance that a slot is on its way to another server, so that names are not all on one. */
  readonly moving?: number;
  /** How many names a command may have. */
  readonly most?: number;
}

/** A whole command refused, because of one of its names, or because there are several. */
export class RefusedForOne extends Error {}

/** Why the server refuses the command before it runs anything of it. */
export function refusalBy(
  { forbidden, hasSlots, moving = 0, most = Number.POSITIVE_INFINITY }: Limits,
  questions: readonly Question[],
  random: Random,
): RefusedForOne | undefined {
  const names = namesIn(questions);
  if (names.some((name) => name === forbidden))
    return new RefusedForOne("NOPERM No permissions to access a key");
  if (names.length === 1) return undefined;
  if (hasSlots) return new RefusedForOne("CROSSSLOT Keys in request don't hash to the same slot");
  if (names.length > most) return new RefusedForOne("ERR max request size exceeded");
  if (random.chance(moving))
    return new RefusedForOne("TRYAGAIN Multiple keys request during rehashing of slot");
  return undefined;
}

export function namesIn(questions: readonly Question[]): readonly string[] {
  return [...new Set(questions.map(({ name }) => name))];
}
