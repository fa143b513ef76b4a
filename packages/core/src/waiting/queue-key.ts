const SUFFIX = ":queue";

/**
 * The key of a name's queue: a sorted set of waiters. Each is its id, `~kind channel:number:span:name` without the blank, and by its score it
 * is in the order of arrival. An entry in a question is a score, for how long the waiter has waited, in microseconds, and the id.
 *
 * An acquire with an entry that finds the name taken puts the waiter into the queue. A release, and an acquire that finds the name free,
 * reserve it for the first in the queue: the id becomes the name's value for the span, in milliseconds, and is published on the channel. A
 * reservation is no grant: an acquire with this entry takes the name. The kind says how the waiter learns of it: "c", it is called, and
 * is dead if nobody hears it; "u", it is called, and may be heard where this server cannot count; "p", it polls.
 *
 * A release enters the waiter of its own process before it looks for the first; with "+" before its entry, which undoes an attempt, after
 * that. A release of an id takes it out of the queue, and passes on what is reserved for it. The member "=value" is the value that was
 * released last: a release that was sent again must not read its own success as somebody else's lock.
 *
 * Nothing of the queue changes an answer: it may be of another type, or forbidden.
 *
 * The key lies in the name's own Cluster slot: `{name}:queue`, or `name::queue` if the name has a hash tag of its own, so that no two
 * names share one. Undefined for a name that has no such key.
 */
export function queueKey(name: string): string | undefined {
  if (!name.includes("}")) return `{${name}}${SUFFIX}`;
  return /^[^{]*\{[^}]+\}/.test(name) ? `${name}:${SUFFIX}` : undefined;
}
