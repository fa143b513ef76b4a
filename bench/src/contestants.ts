/** Somebody who locks. */
export interface Contestant {
  readonly label: string;
  /** What a lock waits for: replies from every node, or from a quorum. On one node that is the same. */
  readonly waitsFor: "all" | "quorum";
  /** It gives a lost node up, at a deadline, although it waits for all of them. */
  readonly hasDeadline?: true;
  /** Left out where it would only repeat another contestant, or has another question to answer: what a feature costs. */
  readonly only?: "one node" | "several nodes" | "features";
  /** Who runs in Go, and how; the others run on Node, through ioredis. */
  readonly go?: { readonly client: "go-redis" | "rueidis"; readonly failFast: boolean };
}

/** Everybody, by the id that `--contestant` takes. The first two are what the others are compared with. */
export const contestants = {
  "by-hand": {
    label: "by hand",
    waitsFor: "all",
  },
  "by-hand-quorum": {
    label: "by hand",
    waitsFor: "quorum",
    only: "several nodes",
  },
  // The same program in a second process: how far its ratio strays from 1 is what this run cannot tell apart.
  "by-hand-again": {
    label: "by hand, again",
    waitsFor: "quorum",
  },
  redsync: {
    label: "**redsync**",
    waitsFor: "all",
    hasDeadline: true,
  },
  "redsync-fail-fast": {
    label: "**redsync**, `failFast`",
    waitsFor: "quorum",
    only: "several nodes",
  },
  "redsync-mutex-per-lock": {
    label: "**redsync**, a new mutex per lock",
    waitsFor: "all",
    only: "one node",
  },
  "redsync-again": { label: "**redsync**, again", waitsFor: "all", only: "features" },
  "redsync-signal": { label: "`lock.signal` read", waitsFor: "all", only: "features" },
  "redsync-auto-extend": { label: "`autoExtend`", waitsFor: "all", only: "features" },
  "redsync-using": { label: "`using()`", waitsFor: "all", only: "features" },
  "redsync-fencing": { label: "`fencing`", waitsFor: "all", only: "features" },
  redlock: { label: "redlock", waitsFor: "quorum" },
  sesamecare: { label: "@sesamecare-oss/redlock", waitsFor: "quorum" },
  "redis-semaphore": { label: "redis-semaphore", waitsFor: "all" },
  "redlock-universal": { label: "redlock-universal", waitsFor: "all" },
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
} as const satisfies Record<string, Contestant>;

export type ContestantId = keyof typeof contestants;

/** Who runs in Go. */
export type GoContestantId = {
  [Id in ContestantId]: (typeof contestants)[Id] extends { go: object } ? Id : never;
}[ContestantId];

/** Every contestant that takes part on this many nodes. */
export function contestantsOn(nodes: number): ContestantId[] {
  const present: readonly unknown[] = [undefined, nodes === 1 ? "one node" : "several nodes"];
  return (Object.keys(contestants) as ContestantId[]).filter((id) => present.includes(contestant(id).only));
}

/** Who shows what a feature costs, after what it is compared with. */
export function contestantsWithFeatures(): ContestantId[] {
  const ids = Object.keys(contestants) as ContestantId[];
  return ["redsync", ...ids.filter((id) => contestant(id).only === "features")];
}

export function contestant(id: ContestantId): Contestant {
  return contestants[id];
}

/** Whether it may wait for a lost node for longer than anybody waits for it. */
export function mayHang(id: ContestantId): boolean {
  const { waitsFor, hasDeadline = false } = contestant(id);
  return waitsFor === "all" && !hasDeadline;
}
