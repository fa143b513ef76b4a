import type { Booking } from "./booking.ts";
import type { Run } from "./run.ts";

/** What a worker is told. The end of the channel tells it to stop. */
export interface Order {
  readonly run: Run;
  /** Which server keeps the plan, and under which key. */
  readonly storeServer: number;
  readonly storeKey: string;
}

/** What a worker says. */
export type Message =
  | { readonly type: "ready" }
  | { readonly type: "booked"; readonly booking: Booking }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly reason: string };
