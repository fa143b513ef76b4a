/**
 * What a schedule is about.
 * - "calm": nothing goes wrong.
 * - "late undos": the undo of an old attempt comes after the grant of a new one.
 * - "late repairs": the repair of an old lock comes after the grant of a new one.
 * - "extensions": many of them, at once, around the moment when the lock ends.
 * - "heirs": locks change hands.
 * - "renewals": locks that renew themselves, for many expiries, and nothing goes wrong.
 * - "repairs": nodes lose their data, one after the other, under locks that renew themselves.
 * - "deletions": somebody deletes keys by hand, or takes them.
 * - "scopes": `using()`.
 * - "fences": tokens, and clocks that differ by minutes.
 * - "lost counters": tokens, and nodes that come back empty.
 * - "names": several names at once, of which others want some.
 * - "batches": several calls in one turn of the event loop, and servers that refuse a command for one of its names.
 * - "lines": many calls of one process for one name, which wait in line.
 * - "queues": calls of several processes for one name, which wait in the nodes' queues, and are called.
 */
export type Kind = (typeof kinds)[number];

const kinds = [
  "calm",
  "late undos",
  "late repairs",
  "extensions",
  "heirs",
  "renewals",
  "repairs",
  "deletions",
  "scopes",
  "fences",
  "lost counters",
  "names",
  "batches",
  "lines",
  "queues",
  ...(["any", "any", "any"] as const),
] as const;

/** Nothing goes wrong there but what the schedule is about. */
export const quietKinds: readonly Kind[] = ["calm", "renewals", "repairs", "deletions", "lines"];

export function kindOf(seed: number): Kind {
  return kinds[seed % kinds.length] as Kind;
}

/** The first seeds, or those from one on, or the first ones of a kind. */
export function* seeds(count: number, kind?: Kind, from = 1): Generator<number> {
  const first = kind === undefined ? from : kinds.indexOf(kind);
  const step = kind === undefined ? 1 : kinds.length;
  for (let i = 0; i < count; i++) yield first + i * step;
}
