import type { RegisterState } from "./recording.ts";

/** What the lock guards: a counter that each task reads, and writes back with one more. With tokens it refuses what comes too late. */
export class Register {
  #count = 0;
  #token: number | undefined;
  #accepted = 0;
  #refused = 0;

  /** A reader shows its token as well, so that nobody writes any more who had the lock before it. */
  read(token: number | undefined): number {
    if (token !== undefined && token > (this.#token ?? 0)) this.#token = token;
    return this.#count;
  }

  /** Returns whether it was accepted. */
  write(count: number, token: number | undefined): boolean {
    if (token !== undefined && token < (this.#token ?? 0)) {
      this.#refused++;
      return false;
    }
    this.#token = token;
    this.#count = count;
    this.#accepted++;
    return true;
  }

  get state(): RegisterState {
    return {
      count: this.#count,
      token: this.#token,
      accepted: this.#accepted,
      refused: this.#refused,
    };
  }
}
