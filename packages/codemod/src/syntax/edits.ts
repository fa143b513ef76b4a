/** A part of a text that becomes another one. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Whether what is put in at its edges goes away as well. */
  readonly isRemoval: boolean;
}

/**
 * Changes of a text, by places in the text as it was. A change within a part that is replaced as a whole is dropped, whichever of the two
 * came first: what rewrites a call need not know what was rewritten in it.
 */
export class Edits {
  readonly #text: string;
  /** What is put in at a place: behind what is before it, and before what is behind it. */
  readonly #behind = new Map<number, string>();
  readonly #before = new Map<number, string>();
  #replacements: Replacement[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** Puts a text in that belongs to what is before the place. */
  insertBehind(index: number, text: string): void {
    this.#behind.set(index, (this.#behind.get(index) ?? "") + text);
  }

  /** Puts a text in that belongs to what is behind the place. */
  insertBefore(index: number, text: string): void {
    this.#before.set(index, (this.#before.get(index) ?? "") + text);
  }

  /** Puts lines in above a line. */
  insertLines(index: number, lines: string): void {
    this.#before.set(index, lines + (this.#before.get(index) ?? ""));
  }

  replace(start: number, end: number, text: string): void {
    if (start === end) this.insertBehind(start, text);
    else this.#add({ start, end, text, isRemoval: false });
  }

  remove(start: number, end: number): void {
    if (start !== end) this.#add({ start, end, text: "", isRemoval: true });
  }

  #add(added: Replacement): void {
    const holds = (outer: Replacement, inner: Replacement) =>
      outer.start <= inner.start && inner.end <= outer.end;
    const isSame = (one: Replacement) => one.start === added.start && one.end === added.end;
    if (this.#replacements.some((each) => holds(each, added) && !isSame(each))) return;
    this.#replacements = this.#replacements.filter((each) => !holds(added, each));
    if (this.#replacements.some((each) => each.start < added.end && added.start < each.end))
      throw new Error(`two changes overlap: ${this.#text.slice(added.start, added.end)}`);
    this.#replacements.push(added);
  }

  /** Whether a place is within a part that is replaced. */
  replaces(start: number, end: number): boolean {
    return this.#replacements.some((each) => each.start <= start && end <= each.end);
  }

  /** A part of the text as it is to be. */
  slice(from: number, to: number): string {
    const replacements = new Map(this.#replacements.map((each) => [each.start, each]));
    const stops = new Set([...this.#behind.keys(), ...this.#before.keys(), ...replacements.keys()]);
    let result = "";
    let at = from;
    let removed = -1;
    for (const stop of [...stops].sort((one, other) => one - other)) {
      if (stop < at || stop > to) continue;
      result += this.#text.slice(at, stop);
      at = stop;
      const replacement = stop < to ? replacements.get(stop) : undefined;
      if (stop > from && stop !== removed) result += this.#behind.get(stop) ?? "";
      if (stop < to && !replacement?.isRemoval) result += this.#before.get(stop) ?? "";
      if (!replacement) continue;
      result += replacement.text;
      at = replacement.end;
      if (replacement.isRemoval) removed = replacement.end;
    }
    return result + this.#text.slice(at, to);
  }

  /** The whole text as it is to be. */
  toString(): string {
    const end = this.#text.length;
    return `${this.#behind.get(0) ?? ""}${this.slice(0, end)}${this.#before.get(end) ?? ""}`;
  }
}
