import type { Operation } from "@redsync/core";
import type { Process } from "./process.ts";
import type { Answer, Question } from "./questions.ts";

/** A question that core sent to a node, alone or with others in one command. */
export interface AskedQuestion extends Question {
  readonly server: number;
  /** Its command was refused just now, and it is asked again: not a new one. */
  readonly isAgain: boolean;
  readonly command: AskedCommand;
}

/** A command that left a process, with all its questions. */
export interface AskedCommand {
  readonly process: Process;
  readonly questions: readonly AskedQuestion[];
  /** Sent with the script's text, rather than by its digest. */
  readonly isText: boolean;
  /** When it was sent. */
  readonly at: number;
}

/** One of the copies of a command that may reach the server. */
export interface Copy {
  /** Nobody hears its reply: it is a duplicate, or its connection is gone. */
  isDeaf: boolean;
}

/** The answer to one question, or the error with which the command failed. */
export type Outcome = Answer;

/** What is known of one value under one name on one node. */
export type Fact = Message | { readonly what: "forgot" } | { readonly what: "lost"; readonly since: number };

/** A question was sent, or run by the server, or its answer was heard. */
export type Message = Sent | Answered;

export interface Sent {
  readonly what: "sent";
  readonly at: number;
  readonly question: AskedQuestion;
}

export interface Answered {
  /** The server ran it, or core heard so. */
  readonly what: "executed" | "answered";
  readonly question: AskedQuestion;
  readonly at: number;
  readonly copy: Copy;
  readonly outcome: Outcome;
  /** Its lock was over by then. */
  readonly isOver: boolean;
}

export function isSent(fact: Fact, ...operations: Operation[]): fact is Sent {
  return fact.what === "sent" && operations.includes(fact.question.operation);
}

export function isExecuted(fact: Fact, ...operations: Operation[]): fact is Answered {
  return fact.what === "executed" && operations.includes(fact.question.operation);
}

export function isHeardGrant(fact: Fact): boolean {
  return fact.what === "answered" && puts(fact.question.operation) && isGrant(fact.outcome);
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
