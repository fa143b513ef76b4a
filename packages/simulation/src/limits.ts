import type { AskedCommand } from "./facts.ts";
import type { Question } from "./questions.ts";
import type { Random } from "./random.ts";

/** For which of its keys, or for how many of them, a server refuses a whole command. */
export interface Limits {
  /** A name that the client's user may not touch. */
  readonly forbidden?: string;
  /** The client's user may not run scripts by their digest. */
  readonly noDigests?: true;
  /** A name that holds another type: an error of that question alone. */
  readonly otherType?: string;
  /** A Cluster, or a proxy that shards: each name has a slot of its own. */
  readonly hasSlots?: true;
  /** The chance that a slot is on its way to another server, so that names are not all on one. */
  readonly moving?: number;
  /** How many names a command may have. */
  readonly most?: number;
}

/** A whole command refused, because of one of its names, because there are several, or because of what it is. */
export class RefusedForOne extends Error {}

/** Why the server refuses the command before it runs anything of it. */
export function refusalBy(
  { forbidden, noDigests, hasSlots, moving = 0, most = Number.POSITIVE_INFINITY }: Limits,
  { isText, questions }: AskedCommand,
  random: Random,
): RefusedForOne | undefined {
  if (noDigests && !isText)
    return new RefusedForOne("NOPERM this user has no permissions to run the 'evalsha' command");
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
