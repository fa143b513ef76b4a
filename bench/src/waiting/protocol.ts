import type { WaiterId } from "./waiters.ts";

/** How a waiter's process is started. In Go it is told its client as well. */
export interface Assignment {
  readonly waiter: WaiterId;
  /** Which of the processes that want the same name. */
  readonly process: number;
  /** Of the servers that keep the lock. */
  readonly ports: readonly number[];
  /** Of the server that watches who is inside, and knows nothing of the lock. */
  readonly observerPort: number;
  readonly expiryMs: number;
  /** What its pauses are; its own defaults, if there is nothing. */
  readonly retryMs?: number;
}

/** What every process is asked to do at the same time. */
export interface Round {
  /** The lock that everybody wants; the observer's keys have it in their names. */
  readonly name: string;
  readonly tasks: number;
  /** How often each task wants the lock; 0 for as long as the round lasts. */
  readonly turns: number;
  readonly workMs: number;
  /** How long nothing is counted at first. */
  readonly warmUpMs: number;
  /** What is counted then; it ends earlier once every task has had its turns. */
  readonly windowMs: number;
  /** It ends later, if a process of ours has not had the lock so often by then: one that stood still tells nothing. */
  readonly fewestTurns: number;
  /** Whether the heap is measured once the warm-up is over. */
  readonly measuresHeap?: boolean;
}

export type Request = { readonly do: "wait"; readonly round: Round };

/** What a round came to in one process. */
export interface Tally {
  /** How often it had the lock before the count began. */
  readonly before: number;
  readonly acquired: number;
  /** From the end of the warm-up to the last unlock, or to the end of the round. */
  readonly ms: number;
  /** The sum of the work itself. */
  readonly workMs: number;
  /** How long each acquisition waited, in ms. */
  readonly waits: readonly number[];
  /** How long the task has waited that waits the longest at the end. */
  readonly stillWaiting: number;
  /** How many calls were rejected, and with what the first of them. */
  readonly gaveUp: number;
  readonly error?: string;
  /** How often it found somebody else inside. */
  readonly overlaps: number;
  /** What its clients sent to the lock's servers; the Go program does not count it. */
  readonly commands?: number;
  /** Bytes of heap that the warm-up has added. */
  readonly heap?: number;
}

export type Report =
  | { readonly said: "ready" }
  | { readonly said: "waited"; readonly tally: Tally }
  | { readonly said: "failed"; readonly reason: string };
