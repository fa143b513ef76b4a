import { type ChildProcess, fork, type Serializable } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program of its own process, beside this file, that is told and tells things. */
export class Program<Message extends { readonly type: string }> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #inbox: Message[] = [];
  #wake: (() => void) | undefined;

  /** `job` is its first argument, as JSON; a preload is imported before it, and may have an environment of its own. */
  constructor(file: string, job: Serializable, preload?: string, env: NodeJS.ProcessEnv = {}) {
    const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    this.#child = fork(path(file), [JSON.stringify(job)], {
      execArgv: ["--disable-warning=ExperimentalWarning", ...(preload ? ["--import", path(preload)] : [])],
      env: { ...process.env, NODE_OPTIONS: "", ...env },
    });
    this.#child.on("message", (message) => {
      this.#inbox.push(message as Message);
      this.#wake?.();
    });
    this.#child.once("exit", () => this.#wake?.());
  }

  /** The next message of this type; those before it are dropped. Rejects where the program ends first. */
  async next<Type extends Message["type"]>(type: Type): Promise<Extract<Message, { type: Type }>> {
    for (;;) {
      for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift())
        if (message.type === type) return message as Extract<Message, { type: Type }>;
      if (this.#hasEnded) throw new Error(`the program ended before it said "${type}"`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  tell(message: Serializable): void {
    this.#child.send(message);
  }

  signal(name: "SIGSTOP" | "SIGCONT" | "SIGTERM"): void {
    this.#child.kill(name);
  }

  /** Resolves to its exit code when it ends by itself. */
  async ended(): Promise<number | null> {
    if (!this.#hasEnded) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  /** Ends it by SIGKILL, which a stopped process obeys too. */
  async kill(): Promise<void> {
    if (this.#hasEnded) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

/** In the program: what it was given to do. */
export function jobOf<Job>(): Job {
  return JSON.parse(process.argv[2] ?? "") as Job;
}

/** In the program: tells the one who started it. */
export function report(message: Serializable): void {
  process.send?.(message);
}
