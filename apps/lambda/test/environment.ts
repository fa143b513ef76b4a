import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Event } from "../src/handler.ts";

/** What an invocation came to. */
export interface Outcome {
  readonly result?: { readonly total: number };
  readonly error?: string;
}

/** An environment as Lambda makes it: a process that is frozen whenever it has no event. */
export class Environment implements AsyncDisposable {
  readonly #child: ChildProcess;

  constructor(urls: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = fork(fileURLToPath(new URL("runtime.ts", import.meta.url)), [], {
      env: { ...process.env, ...env, REDIS_URLS: urls.join() },
    });
  }

  /** Thaws it for an event, and freezes it when the handler has returned. It has so many ms for it. */
  async invoke(event: Event, time = 60_000): Promise<Outcome> {
    this.#child.kill("SIGCONT");
    const answered = once(this.#child, "message");
    this.#child.send({ event, time });
    const ended = once(this.#child, "exit").then(() =>
      Promise.reject(new Error("the environment has ended")),
    );
    const [outcome] = await Promise.race([answered, ended]);
    this.#child.kill("SIGSTOP");
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    if (this.#child.exitCode === null && this.#child.signalCode === null) await exit;
  }
}
