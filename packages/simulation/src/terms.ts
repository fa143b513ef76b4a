import type { Random } from "./random.ts";

/** What somebody wants to lock, and how. */
export interface Terms {
  readonly names: readonly string[];
  readonly renews: boolean;
  readonly isFenced: boolean;
  /** For half the expiry. */
  readonly isShort: boolean;
  /** Without a signal or a timeout. */
  readonly isPlain: boolean;
  /** Milliseconds between two tries, if they are always the same. */
  readonly pause: number | undefined;
  /** Stands in lines and queues. */
  readonly isFair: boolean;
}

/** By how many rounds calls in line pause: some are in a hurry, and others are not. */
const PAUSES = [0.3, 1, 4, 12];
export const LONGEST_PAUSE = Math.max(...PAUSES);

export function drawPause(random: Random, timeout: number, isQuick: boolean): number {
  return random.pick(isQuick ? PAUSES.slice(0, 2) : PAUSES) * random.between(0.7, 1) * timeout;
}
