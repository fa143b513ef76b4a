import type { Stock } from "./shop.ts";

/** What a visitor is told. */
export interface Answer {
  readonly status: number;
  /** In words; empty where the stock says it all. */
  readonly message: string;
  /** Absent where it is not known. */
  readonly stock?: Stock;
  /** The ticket that was just sold. */
  readonly ticket?: number;
  readonly headers?: Readonly<Record<string, string>>;
}
