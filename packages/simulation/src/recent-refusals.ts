import type { AskedQuestion } from "./facts.ts";
import type { Question } from "./questions.ts";

/** What core was refused in this moment, and may ask again: by the script's text, or each name alone. */
export class RecentRefusals {
  readonly #now: () => number;
  readonly #refusedAt = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  add(questions: readonly AskedQuestion[]): void {
    for (const question of questions) this.#refusedAt.set(keyOf(question), this.#now());
  }

  has(question: Question): boolean {
    return this.#refusedAt.get(keyOf(question)) === this.#now();
  }
}

function keyOf({ operation, name, value }: Question): string {
  return `${operation} ${name} ${value}`;
}
