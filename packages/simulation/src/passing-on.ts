import { type AskedQuestion, isSent, type Message } from "./facts.ts";
import type { Context } from "./rule.ts";

/** The line that a question is asked for: that of its process for its name. */
export function lineOf({ question }: Message): string {
  return `${question.command.process.index} ${question.name}`;
}

/** The first delete that an unlock sends, of those to all nodes. */
export function isUnlock(message: Message, { journal }: Context): boolean {
  const { value } = message.question;
  if (!isSent(message, "release") || !journal.isUnlocked(value)) return false;
  const threads = [...journal.threadsOf(value)];
  return threads.flatMap(([, facts]) => facts.filter((fact) => isSent(fact, "release"))).length === 1;
}

/** Who asks for the same name behind it, in the same command. */
export function nextOf({ question }: Message): AskedQuestion | undefined {
  const { questions } = question.command;
  return questions
    .slice(questions.indexOf(question))
    .find(({ name, operation }) => operation === "acquire" && name === question.name);
}

export function isPassedOn(message: Message): boolean {
  return nextOf(message) !== undefined;
}
