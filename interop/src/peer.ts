import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { hear, tell } from "./lines.ts";

/** What became of a call. */
export interface Answer {
  readonly ok: boolean;
  /** "taken", "expired", "failed", or another error's text. */
  readonly error?: string;
  /** The value that the peer's mutex has now; "" where it has none. */
  readonly value: string;
  /** Until when the peer believes that it holds the lock: milliseconds since 1970. Python does not say. */
  readonly until: number | null;
}

/** Milliseconds, as everywhere. What is not given is the peer's default. */
export interface PeerOptions {
  readonly value?: string;
  readonly expiry?: number;
  readonly tries?: number;
  readonly setNXOnExtend?: boolean;
}

/** A mutex in another process. */
export interface PeerMutex {
  /** Waits for its turn. */
  lock(): Promise<Answer>;
  tryLock(): Promise<Answer>;
  extend(): Promise<Answer>;
  unlock(): Promise<Answer>;
  valid(): Promise<Answer>;
  /** Ends the context of its calls, those under way and those to come (Go). */
  cancel(): Promise<Answer>;
}

/** A process of another language that holds mutexes and does with them what it is told. */
export class Peer implements AsyncDisposable {
  readonly #process: ChildProcess;
  /** Rejects, for everybody who waits for an answer. */
  readonly #end: Promise<never>;
  readonly #pending = new Map<number, (answer: Answer) => void>();
  #asked = 0;

  /** Starts `command`, and tells it on its command line what it works with. */
  constructor([file, ...args]: readonly [string, ...string[]], assignment: object) {
    this.#process = spawn(file, [...args, "serve", JSON.stringify(assignment)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    hear<Answer & { readonly id: number }>(this.#process, ({ id, ...answer }) => {
      this.#pending.get(id)?.(answer);
      this.#pending.delete(id);
    });
    this.#end = once(this.#process, "exit").then(([code, signal]) => {
      throw new Error(`the peer has ended: ${signal ?? code}`);
    });
    this.#end.catch(() => {});
  }

  /** Makes a mutex of this name. */
  mutex(name: string, options: PeerOptions = {}): PeerMutex {
    const mutex = `${++this.#asked}`;
    // Whoever asks for a thing afterwards hears it where the peer has ended.
    this.#ask({ do: "mutex", mutex, name, ...options }).catch(() => {});
    const ask = (what: string) => this.#ask({ do: what, mutex });
    return {
      lock: () => ask("lock"),
      tryLock: () => ask("tryLock"),
      extend: () => ask("extend"),
      unlock: () => ask("unlock"),
      valid: () => ask("valid"),
      cancel: () => ask("cancel"),
    };
  }

  /** Ends the process, which ends when nobody can tell it anything any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin?.end();
    await this.#end.catch(() => {});
  }

  #ask(request: object): Promise<Answer> {
    const id = ++this.#asked;
    const answer = new Promise<Answer>((resolve) => {
      this.#pending.set(id, resolve);
    });
    tell(this.#process, { id, ...request });
    return Promise.race([answer, this.#end]);
  }
}
