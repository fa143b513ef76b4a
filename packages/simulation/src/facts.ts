import type { Operation } from "@redsync/core";

/** A command that core sent to a node. */
export interface Exchange {
  readonly server: number;
  readonly operation: Operation;
  readonly name: string;
  readonly value: string;
  /** Sent with the script's text, after its digest: not a new one. */
  readonly isText: boolean;
}

/** One of the copies of a command that may reach the server. */
export interface Copy {
  readonly exchange: Exchange;
  /** Nobody hears its reply: it is a duplicate, or its connection is gone. */
  isDeaf: boolean;
}

export type Outcome = number | Error;

export type Fact =
  | Sent
  | Heard
  | { readonly what: "forgot" }
  | { readonly what: "lost"; readonly since: number };

export interface Sent {
  readonly what: "sent";
  readonly at: number;
  readonly exchange: Exchange;
}

export interface Heard {
  /** The server ran it, or core heard so. */
  readonly what: "executed" | "answered";
  readonly exchange: Exchange;
  readonly copy: Copy;
  readonly outcome: Outcome;
  /** Its lock was over by then. */
  readonly isOver: boolean;
}

export function isSent(fact: Fact, ...operations: Operation[]): fact is Sent {
  return fact.what === "sent" && operations.includes(fact.exchange.operation);
}

export function isHeardGrant(fact: Fact): boolean {
  return fact.what === "answered" && puts(fact.exchange.operation) && isGrant(fact.outcome);
}

/** A repair that was heard of when the lock was over. */
export function isLateRepair(fact: Fact): boolean {
  return fact.what === "answered" && fact.isOver && isGrant(fact.outcome);
}

export function isExecuted(fact: Fact, ...operations: Operation[]): fact is Heard {
  return fact.what === "executed" && operations.includes(fact.exchange.operation);
}

/** 1, or a token. */
export function isGrant(outcome: Outcome): boolean {
  return typeof outcome === "number" && outcome > 0;
}

export function puts(operation: Operation): boolean {
  return operation === "acquire" || operation === "repair";
}

export function isExtension(operation: Operation): boolean {
  return operation === "extend" || operation === "adopt";
}

export function keeps(operation: Operation): boolean {
  return puts(operation) || isExtension(operation);
}
