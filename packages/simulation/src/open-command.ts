import type { Command, Reply } from "@redsync/core";
import type { AskedCommand, AskedQuestion, Copy, Outcome } from "./facts.ts";
import type { ScheduledEvent } from "./scheduler.ts";

/** A command whose reply somebody waits for. */
export interface OpenCommand {
  readonly command: Command;
  readonly asked: AskedCommand;
  copy: Copy | undefined;
  way: ScheduledEvent | undefined;
  settle(act: (resolve: (reply: Reply) => void, reject: (error: unknown) => void) => void): void;
}

/** What a server did with a command: one reply, and what it says to each question. */
export interface Execution {
  readonly reply: Reply | Error;
  readonly outcomes: readonly Outcome[];
}

/** Every question failed in the same way, because the command did. */
export function failed(error: Error, questions: readonly AskedQuestion[]): Execution {
  return { reply: error, outcomes: questions.map(() => error) };
}

/** A line of the trace. */
export function lineOf({ command, asked }: OpenCommand, what: string, execution?: Execution): string {
  const { process, questions } = asked;
  const all = questions.map(({ operation, name, value }) => `${operation} ${name} ${value}`).join(", ");
  const outcomes = execution === undefined ? "" : ` ${outcomesOf(execution)}`;
  return `process ${process.index} → node ${questions[0]?.server}: ${command[0]} ${all}: ${what}${outcomes}`;
}

function outcomesOf({ reply, outcomes }: Execution): string {
  if (reply instanceof Error) return reply.message;
  return outcomes.map((outcome) => (outcome instanceof Error ? outcome.message : String(outcome))).join(", ");
}
