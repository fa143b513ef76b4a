/** Somebody who locks. */
export interface Contestant {
  readonly label: string;
  /** What a lock waits for: replies from every node, or from a quorum. On one node that is the same. */
  readonly waitsFor: "all" | "quorum";
  /** It gives a lost node up, at a deadline, although it waits for all of them. */
  readonly hasDeadline?: true;
  /** Left out elsewhere: it would only repeat another contestant, or has another question to answer. */
  readonly only?: "one node" | "several nodes" | "features" | "many names" | "core alone" | "waiting";
  /** Another library for Node, which we want to be ahead of. */
  readonly isPeer?: true;
  /** What others are compared with, so that it takes part whoever was chosen. */
  readonly isFloor?: true;
  /** Its client puts the commands of one turn into a pipeline by itself: `enableAutoPipelining`. */
  readonly autoPipelining?: true;
  /** Who runs in Go, and how; the others run on Node, through ioredis. */
  readonly go?: { readonly client: "go-redis" | "rueidis" | "valkey-go"; readonly failFast: boolean };
}

/** Everybody, by the id that `--contestant` takes. */
export const contestants = {
  "by-hand": {
    label: "by hand",
    waitsFor: "all",
    isFloor: true,
  },
  "by-hand-quorum": {
    label: "by hand",
    waitsFor: "quorum",
    only: "several nodes",
    isFloor: true,
  },
  // The same program in a second process: how far its ratio strays from 1 is what this run cannot tell apart.
  "by-hand-again": {
    label: "by hand, again",
    waitsFor: "quorum",
  },
  "by-hand-auto-pipelining": {
    label: "by hand, auto-pipelining",
    waitsFor: "all",
    isFloor: true,
    autoPipelining: true,
  },
  "by-hand-auto-pipelining-quorum": {
    label: "by hand, auto-pipelining",
    waitsFor: "quorum",
    only: "several nodes",
    isFloor: true,
    autoPipelining: true,
  },
  redsync: {
    label: "**redsync**",
    waitsFor: "quorum",
  },
  "redsync-shared-mutex": {
    label: "**redsync**, one mutex for a name",
    waitsFor: "quorum",
  },
  "redsync-waits-for-all": {
    label: "**redsync**, `failFast: false`",
    waitsFor: "all",
    hasDeadline: true,
    only: "several nodes",
  },
  "redsync-again": { label: "**redsync**, again", waitsFor: "quorum", only: "features" },
  "redsync-signal": { label: "`lock.signal` read", waitsFor: "quorum", only: "features" },
  "redsync-auto-extend": { label: "`autoExtend`", waitsFor: "quorum", only: "features" },
  "redsync-using": { label: "`using()`", waitsFor: "quorum", only: "features" },
  "redsync-fencing": { label: "`fencing`", waitsFor: "quorum", only: "features" },
  redlock: { label: "redlock", waitsFor: "quorum", isPeer: true },
  sesamecare: { label: "@sesamecare-oss/redlock", waitsFor: "quorum", isPeer: true },
  "redis-semaphore": { label: "redis-semaphore", waitsFor: "all", isPeer: true },
  "redlock-universal": { label: "redlock-universal", waitsFor: "all", isPeer: true },
  "go-redsync": { label: "go-redsync", waitsFor: "all", go: { client: "go-redis", failFast: false } },
  "go-redsync-fail-fast": {
    label: "go-redsync, `WithFailFast`",
    waitsFor: "quorum",
    only: "several nodes",
    go: { client: "go-redis", failFast: true },
  },
  "go-redsync-rueidis": {
    label: "go-redsync over rueidis",
    waitsFor: "all",
    go: { client: "rueidis", failFast: false },
  },
  "go-redsync-valkey-go": {
    label: "go-redsync over valkey-go",
    waitsFor: "all",
    go: { client: "valkey-go", failFast: false },
  },
  "names-by-hand": {
    label: "by hand, one pipeline",
    waitsFor: "quorum",
    only: "many names",
    isFloor: true,
  },
  "names-by-hand-again": {
    label: "by hand, one pipeline, again",
    waitsFor: "quorum",
    only: "many names",
  },
  "names-by-hand-auto-pipelining": {
    label: "by hand, auto-pipelining",
    waitsFor: "quorum",
    only: "many names",
    isFloor: true,
    autoPipelining: true,
  },
  "redsync-names": { label: "**redsync**", waitsFor: "quorum", only: "many names" },
  "redlock-names": { label: "redlock", waitsFor: "quorum", only: "many names" },
  "sesamecare-names": { label: "@sesamecare-oss/redlock", waitsFor: "quorum", only: "many names" },
  "memory-by-hand": {
    label: "by hand, SET and DEL",
    waitsFor: "all",
    only: "core alone",
    isFloor: true,
  },
  "core-shared-mutex": { label: "**core**, one mutex for a name", waitsFor: "quorum", only: "core alone" },
  "core-new-mutex": { label: "**core**, a new mutex per lock", waitsFor: "quorum", only: "core alone" },
  "redsync-polls": { label: "**redsync**, `fair: false`", waitsFor: "quorum", only: "waiting" },
  verrou: { label: "@verrou/core", waitsFor: "all", only: "waiting" },
  "ioredis-lock": { label: "@microfleet/ioredis-lock", waitsFor: "all", only: "waiting" },
} as const satisfies Record<string, Contestant>;

export type ContestantId = keyof typeof contestants;

/** Who runs in Go. */
export type GoContestantId = {
  [Id in ContestantId]: (typeof contestants)[Id] extends { go: object } ? Id : never;
}[ContestantId];

/** Who only waits, and has no pair to measure. */
export type WaitingContestantId = {
  [Id in ContestantId]: (typeof contestants)[Id] extends { only: "waiting" } ? Id : never;
}[ContestantId];

/** Every contestant that takes part on this many nodes. */
export function contestantsOn(nodes: number): ContestantId[] {
  const present: readonly unknown[] = [undefined, nodes === 1 ? "one node" : "several nodes"];
  return ids.filter((id) => present.includes(contestant(id).only));
}

/** The same, but for those in Go: for what only Node, or only its client, can do. */
export function contestantsOnNode(nodes: number): ContestantId[] {
  return contestantsOn(nodes).filter((id) => contestant(id).go === undefined);
}

/** Who answers that question alone. */
export function contestantsOnlyFor(question: Contestant["only"]): ContestantId[] {
  return ids.filter((id) => contestant(id).only === question);
}

const ids = Object.keys(contestants) as ContestantId[];

export function contestant(id: ContestantId): Contestant {
  return contestants[id];
}

/** Whether it may wait for a lost node for longer than anybody waits for it. */
export function mayHang(id: ContestantId): boolean {
  const { waitsFor, hasDeadline = false } = contestant(id);
  return waitsFor === "all" && !hasDeadline;
}
