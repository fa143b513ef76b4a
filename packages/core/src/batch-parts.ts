import type { ScriptQuestion } from "./commands.ts";

const MAX_QUESTIONS = 100;
/** How many may be in a command because they follow a release in it. */
const MOST_TOGETHER = 2 * MAX_QUESTIONS;
const MAX_BYTES = 64 * 1024;
/** What a question adds to a command beside its texts, at most: an operation, two numbers and their lengths. */
const QUESTION_BYTES = 120;

/** The questions about each name, in order. */
export function byName<Question extends ScriptQuestion>(
  questions: readonly Question[],
): readonly (readonly Question[])[] {
  const groups = new Map<string, Question[]>();
  for (const question of questions) {
    const group = groups.get(question.name);
    if (group === undefined) groups.set(question.name, [question]);
    else group.push(question);
  }
  return [...groups.values()];
}

/**
 * The questions in as many commands as their number and size need. What follows a release of the same name is in its command, so that
 * a command that was sent again can be distinguished from one that comes too late.
 */
export function parts<Question extends ScriptQuestion>(
  questions: readonly Question[],
): readonly (readonly Question[])[] {
  if (questions.length <= MAX_QUESTIONS && bytesOf(questions) <= MAX_BYTES) return [questions];
  const all: Question[][] = [];
  const released = new Map<string, Question[]>();
  let part: Question[] = [];
  let bytes = 0;
  for (const question of questions) {
    const size = bytesOf([question]);
    const first = released.get(question.name);
    const together = first && first.length < MOST_TOGETHER ? first : undefined;
    if (together === undefined && (part.length >= MAX_QUESTIONS || bytes + size > MAX_BYTES)) {
      if (part.length > 0) all.push(part);
      part = [];
      bytes = 0;
    }
    (together ?? part).push(question);
    if (together === undefined) bytes += size;
    if (question.operation === "release") released.set(question.name, together ?? part);
  }
  return [...all, part];
}

/** How large the questions are in a command, at most: a character takes up to three bytes. */
function bytesOf(questions: readonly ScriptQuestion[]): number {
  let bytes = 0;
  for (const { name, value, fence = "", queue = "", entry } of questions)
    bytes += 3 * (name.length + value.length + fence.length + queue.length + entry.length) + QUESTION_BYTES;
  return bytes;
}
