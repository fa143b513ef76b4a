/** For how long something was so, in all. */
export class Stopwatch {
  #total = 0;
  #since: number | undefined;

  look(isSo: boolean, now: number): void {
    if (isSo) this.#since ??= now;
    else if (this.#since !== undefined) {
      this.#total += now - this.#since;
      this.#since = undefined;
    }
  }

  /** Stops it. */
  totalAt(now: number): number {
    this.look(false, now);
    return this.#total;
  }
}
