import { type NodeVersion, nodeVersions } from "./node-versions.ts";

/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  readonly sliceMs: number;
  readonly warmUpMs: number;
  /** Whoever has not finished a slice by then has failed it. */
  readonly boundMs: number;
  /** The same for those who have no deadline of their own, once nodes are lost: they may wait for ever. */
  readonly hangMs: number;
  /** What ioredis' `commandTimeout` is, if there is one. */
  readonly commandTimeoutMs: number;
  /** Time beyond its slices that a slow contestant may use up in one workload. */
  readonly budgetMs: number;
  /** Fresh processes per import that is timed. */
  readonly imports: number;
  /** Samples of the bytes that a pair allocates, and pairs in each. */
  readonly samples: number;
  readonly pairs: number;
  /** The versions of Node that core alone is measured on. */
  readonly coreVersions: readonly NodeVersion[];
  /** How go-redsync's program is built. */
  readonly build: "quick" | "optimized";
  readonly waiting: WaitingEffort;
}

/** How long, and with how many, waiting for a lock that is taken is measured. */
export interface WaitingEffort {
  /** Processes that want the same name. */
  readonly processes: number;
  /** Tasks in one process that do. */
  readonly tasks: number;
  /** What the tasks of a crowd in one process are counted in. */
  readonly crowd: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** How often each process of ours must have had the lock before a window ends. */
  readonly fewestTurns: number;
  /** How often so many arrive at once. */
  readonly arrivals: number;
  /** After so long no further arrival begins, and one that is under way is broken off. */
  readonly arrivalsMs: number;
  readonly longWorkMs: number;
  readonly longWindowMs: number;
  /** Until all of a crowd have been refused and stand in line. */
  readonly crowdWarmUpMs: number;
  /** For how long its turns are counted. */
  readonly crowdWindowMs: number;
}

export const full: Effort = {
  rounds: 41,
  sliceMs: 150,
  warmUpMs: 1_500,
  boundMs: 15_000,
  hangMs: 15_000,
  commandTimeoutMs: 100,
  budgetMs: 20_000,
  imports: 15,
  samples: 11,
  pairs: 1_000,
  coreVersions: nodeVersions,
  build: "optimized",
  waiting: {
    processes: 8,
    tasks: 50,
    crowd: 1_000,
    warmUpMs: 500,
    windowMs: 2_000,
    fewestTurns: 0,
    arrivals: 5,
    arrivalsMs: 10_000,
    longWorkMs: 1_000,
    longWindowMs: 8_000,
    crowdWarmUpMs: 2_000,
    crowdWindowMs: 2_000,
  },
};

/** Enough to see that everything works, and far too little to compare anything. It holds on a machine that stands still for a while. */
export const quick: Effort = {
  rounds: 2,
  sliceMs: 20,
  warmUpMs: 20,
  boundMs: 60_000,
  hangMs: 500,
  commandTimeoutMs: 30_000,
  budgetMs: 60_000,
  imports: 1,
  samples: 1,
  pairs: 100,
  coreVersions: ["24"],
  build: "quick",
  waiting: {
    processes: 2,
    tasks: 5,
    crowd: 100,
    warmUpMs: 50,
    windowMs: 150,
    // A machine that stands still for a moment must not leave it without a turn.
    fewestTurns: 1,
    arrivals: 1,
    arrivalsMs: 2_000,
    longWorkMs: 20,
    longWindowMs: 200,
    crowdWarmUpMs: 2_000,
    crowdWindowMs: 500,
  },
};
