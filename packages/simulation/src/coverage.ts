/** How often what was seen: a simulation in which nothing happens would keep every rule. */
export class Coverage {
  readonly counts = new Map<string, number>();
  readonly #counted = new Set<unknown>();

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Counts no more than the first time for each of those it is seen of. */
  countOnce(what: string, of: unknown): void {
    if (this.#counted.has(of)) return;
    this.#counted.add(of);
    this.count(what);
  }
}
