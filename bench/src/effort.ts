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
  /** Samples of the bytes that a pair allocates. */
  readonly samples: number;
  /** How go-redsync's program is built. */
  readonly build: "quick" | "optimized";
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
  build: "optimized",
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
  build: "quick",
};
