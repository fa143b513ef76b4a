/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  readonly sliceMs: number;
  readonly warmUpMs: number;
  /** Whoever has not finished a slice by then has failed it. */
  readonly boundMs: number;
  /** Time beyond its slices that a slow contestant may use up in one workload. */
  readonly budgetMs: number;
  /** Fresh processes per import that is timed. */
  readonly imports: number;
  /** Samples of the bytes that a pair allocates. */
  readonly samples: number;
}

export const full: Effort = {
  rounds: 41,
  sliceMs: 150,
  warmUpMs: 1_500,
  boundMs: 15_000,
  budgetMs: 20_000,
  imports: 15,
  samples: 11,
};

/** Enough to see that everything works, and far too little to compare anything. */
export const quick: Effort = {
  rounds: 5,
  sliceMs: 60,
  warmUpMs: 1_000,
  boundMs: 3_000,
  budgetMs: 3_000,
  imports: 3,
  samples: 3,
};
