import type { SendOptions } from "./node.ts";

/** How a round's commands are sent. The signal is made only for a client that looks at it: most cannot use one. */
export class Delivery implements SendOptions {
  readonly key: string;
  #controller: AbortController | undefined;

  constructor(key: string) {
    this.key = key;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Tells the clients that nobody waits any more. */
  abort(): void {
    this.#controller?.abort();
  }
}
