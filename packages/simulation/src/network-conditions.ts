import type { Operation } from "@redsync/core";

/** What a network does to commands and replies. Numbers below 1 are chances. */
export interface NetworkConditions {
  /** One connection, on which nothing overtakes: TCP. Else each command goes its own way: HTTP, a pool. */
  readonly keepsOrder: boolean;
  /** A client that sends its commands again on a new connection. */
  readonly resends: boolean;
  /** A client that stops waiting at a signal. */
  readonly heedsSignal: boolean;
  /** Milliseconds of a usual, a slow and a stray way. */
  readonly ways: Readonly<Record<"usual" | "slow" | "stray", readonly [min: number, max: number]>>;
  readonly slow: number;
  readonly stray: number;
  /** Deletes, or repairs, that come late, so that they meet what was granted after they were sent. */
  readonly late: Readonly<Partial<Record<Operation, number>>>;
  readonly requestLoss: number;
  readonly replyLoss: number;
  readonly duplicate: number;
  /** A loss that the client reports, rather than to wait for ever. */
  readonly reportedLoss: number;
  /** The server has no memory to spare, and refuses what writes. */
  readonly refusal: number;
  /** A proxy loses one of the answers in a reply. */
  readonly cutShort: number;
  /** What becomes of messages to those who listen. */
  readonly lostCalls: number;
  readonly doubledCalls: number;
  readonly lateCalls: number;
  /** A client that puts the command into its errors. */
  readonly quotes: boolean;
}
