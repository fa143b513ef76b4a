import type { Kind } from "./kind.ts";

/** How many questions may wait for each other: each takes a few frames of the stack. */
const MAX_DEPTH = 200;

/**
 * What was found out, so that nothing is asked twice. Who asks again for what is being found out asks in a circle, and learns nothing: what
 * comes of that may be less than there is to know, and is only kept as long as it is the same circle.
 */
export class Answers {
  readonly #known = new Map<string, Kind | undefined>();
  /** What is being found out, by its depth. */
  readonly #asked = new Map<string, number>();
  /** What was not found out, and the depths of the questions that it was asked within, in a circle. */
  readonly #missing = new Map<string, ReadonlySet<number>>();
  /** The depths of the questions in whose circles the present one has come. */
  #circles = new Set<number>();

  once(question: string, answer: () => Kind | undefined): Kind | undefined {
    if (this.#known.has(question)) return this.#known.get(question);
    const depth = this.#asked.size;
    const before = depth < MAX_DEPTH ? this.#asked.get(question) : 0;
    const circles = before === undefined ? this.#missing.get(question) : [before];
    if (circles) {
      for (const each of circles) this.#circles.add(each);
      return undefined;
    }
    return this.#find(question, depth, answer);
  }

  #find(question: string, depth: number, answer: () => Kind | undefined): Kind | undefined {
    const outer = this.#circles;
    const own = new Set<number>();
    this.#circles = own;
    this.#asked.set(question, depth);
    const kind = answer();
    this.#asked.delete(question);
    this.#circles = outer;
    if (own.delete(depth)) this.#end(depth);
    for (const each of own) outer.add(each);
    if (kind || own.size === 0) this.#known.set(question, kind);
    else this.#missing.set(question, own);
    return kind;
  }

  /** What was asked within a circle may be found out when that is over. */
  #end(depth: number): void {
    for (const [question, circles] of this.#missing) if (circles.has(depth)) this.#missing.delete(question);
  }
}
