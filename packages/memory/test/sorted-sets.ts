import type { Reply } from "@redsync/core";
import { type Keyspace, WRONGTYPE } from "../src/keyspace.ts";

/** What Redis says of sorted sets, over memory's keys, which do not know these commands: core's script uses them. */
const commands: Readonly<
  Record<string, (set: Map<string, number>, args: readonly string[]) => number | string | string[] | null>
> = {
  ZADD(set, args) {
    const isNew = args[0] === "NX";
    const [score = "", member = ""] = isNew ? args.slice(1) : args;
    const isKnown = set.has(member);
    if (!/^-?\d+$/.test(score)) throw new Error(`ERR not a whole number: ${score}`);
    if (!isKnown || !isNew) set.set(member, Number(score));
    return isKnown ? 0 : 1;
  },
  ZRANGE(set, [from, to, withScores]) {
    const end = Number(to) < 0 ? set.size + Number(to) + 1 : Number(to) + 1;
    const members = sorted(set).slice(Number(from), end);
    return members.flatMap(([member, score]) => (withScores ? [member, `${score}`] : [member]));
  },
  ZREM: (set, [member = ""]) => (set.delete(member) ? 1 : 0),
  ZSCORE: (set, [member = ""]) => (set.has(member) ? `${set.get(member)}` : null),
  ZRANK(set, [member = ""]) {
    const place = sorted(set).findIndex(([each]) => each === member);
    return place < 0 ? null : place;
  },
  ZCARD: (set) => set.size,
  ZREMRANGEBYSCORE(set, [least, most]) {
    if (most !== "+inf") throw new Error("ERR not known here");
    const found = [...set].filter(([, score]) => score >= Number(least));
    for (const [member] of found) set.delete(member);
    return found.length;
  },
};

const sorted = (set: Map<string, number>) =>
  [...set].sort(([a, x], [b, y]) => x - y || Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** Runs a command of sorted sets; undefined for any other. */
export function ofSortedSets(
  keys: Keyspace,
  name: string,
  [key = "", ...args]: readonly string[],
): Reply | undefined {
  const execute = commands[name];
  if (execute === undefined) return undefined;
  const stored = keys.read(key);
  if (stored !== undefined && !(stored instanceof Map)) throw new Error(WRONGTYPE);
  const set = new Map(stored);
  const reply = execute(set, args);
  if (set.size === 0) keys.delete(key);
  else keys.set(key, set, keys.ttl(key));
  return reply;
}
