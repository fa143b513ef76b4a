import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { bySignal, status } from "../status.ts";
import { areAllZombies } from "./group.ts";
import { startGuard } from "./guard.ts";

/** How a command ended. */
export interface Ending {
  /** Its own exit status, 128 + n after a signal, or 126 or 127 if it could not be started. */
  readonly status: number;
  /** Why it could not be started. */
  readonly failure?: string;
}

/** What became of a signal: nobody may be there any more, and what another user runs, such as `sudo`, refuses it. */
export type Sent = "sent" | "refused" | "gone";

/**
 * A command that runs under a lock, with the terminal's streams.
 *
 * Without a terminal it has a process group of its own, and signals go to all of it. In a terminal it shares ours, or it could not read
 * from it: signals go to the command alone, and Ctrl-C reaches it from the terminal itself.
 */
export class Command {
  readonly ended: Promise<Ending>;
  /** Undefined if it could not be started. */
  readonly #child: ChildProcess | undefined;
  readonly #isInTerminal = process.stdin.isTTY === true;
  readonly #grace: number;
  #ending: Promise<Sent> | undefined;

  constructor(command: string, args: readonly string[], environment: NodeJS.ProcessEnv, grace: number) {
    this.#grace = grace;
    const fail = (error: unknown) => notStarted(command, error as NodeJS.ErrnoException);
    const guard = startGuard(grace);
    let child: ChildProcess;
    try {
      child = spawn(command, args, { stdio: "inherit", env: environment, detached: this.#hasGroup });
    } catch (error) {
      // Node throws some refusals of the system, such as ENOTDIR and E2BIG, and emits the others.
      guard.dismiss();
      this.ended = Promise.resolve(fail(error));
      return;
    }
    this.#child = child;
    if (child.pid !== undefined) guard.watch(this.#hasGroup ? -child.pid : child.pid);
    this.ended = new Promise<Ending>((resolve) => {
      child.once("error", (error) => resolve(fail(error)));
      child.once("exit", (code, signal) =>
        resolve({ status: code ?? bySignal(signal ? constants.signals[signal] : 0) }),
      );
    }).then(async (ending) => {
      // What it has started may still be ending.
      await this.#ending;
      guard.dismiss();
      return ending;
    });
  }

  /** Passes a signal on, unless the terminal has sent it to the command as well. */
  pass(signal: NodeJS.Signals): Sent {
    const isFromTerminal = this.#isInTerminal && (signal === "SIGINT" || signal === "SIGQUIT");
    return isFromTerminal ? "sent" : this.#send(signal);
  }

  /** Ends it: SIGTERM, and SIGKILL after the grace. Resolves to what became of the last. */
  end(): Promise<Sent> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<Sent> {
    this.#send("SIGTERM");
    const deadline = performance.now() + this.#grace;
    while (performance.now() < deadline) {
      if (this.#send(0) === "gone" || this.#hasLeftZombies) return "gone";
      await pause(this.#hasExited ? 100 : 20);
    }
    return this.#send("SIGKILL");
  }

  get #hasExited(): boolean {
    return this.#child !== undefined && (this.#child.exitCode !== null || this.#child.signalCode !== null);
  }

  /** To learn it takes a look at every process there is. */
  get #hasLeftZombies(): boolean {
    return this.#hasGroup && this.#hasExited && areAllZombies(this.#child?.pid ?? 0);
  }

  get #hasGroup(): boolean {
    return !this.#isInTerminal && process.platform !== "win32";
  }

  #send(signal: NodeJS.Signals | 0): Sent {
    const child = this.#child;
    if (child?.pid === undefined) return "gone";
    const hasExited = this.#hasExited;
    if (!this.#hasGroup && hasExited) return "gone";
    try {
      // By the system's own call: what `child.kill()` is refused would be told as a command that did not start.
      process.kill(this.#hasGroup ? -child.pid : child.pid, signal);
      return "sent";
    } catch (error) {
      // What it has left of its group matters no more: macOS refuses for those that are dead, too.
      return (error as NodeJS.ErrnoException).code === "EPERM" && !hasExited ? "refused" : "gone";
    }
  }
}

function notStarted(command: string, { code }: NodeJS.ErrnoException): Ending {
  const isMissing = code === "ENOENT";
  return {
    status: isMissing ? status.notFound : status.notExecutable,
    failure: `${command}: ${isMissing ? "not found" : code}`,
  };
}
