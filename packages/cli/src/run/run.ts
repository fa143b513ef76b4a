import { constants } from "node:os";
import { isRedsyncError, type Lock, LockTakenError, type Redsync } from "@redsync/core";
import type { Connection } from "../connection.ts";
import { showDuration } from "../duration.ts";
import { withNodes, withPlaces, withRedsync } from "../session.ts";
import { bySignal, Failure, status, usageError } from "../status.ts";
import { Command, type Ending } from "./command.ts";
import { Report } from "./report.ts";
import { type RunOptions, type RunSettings, readSettings } from "./settings.ts";
import { ends, hearSignals } from "./signals.ts";
import { take } from "./take.ts";

/** `redsync run`: runs a command while the lock is held. Resolves to the exit status. */
export async function run(name: string, words: readonly string[], options: RunOptions): Promise<number> {
  checkWords(name, words, process.argv);
  const settings = readSettings(name, options, Date.now());
  return withNodes(options, "quorum", (connections) =>
    withRedsync(connections, settings.mutex, (redsync) =>
      new Run(settings, connections, redsync, words).done(),
    ),
  );
}

const USAGE = "redsync run NAME -- command args";

/**
 * Nothing but `--` tells the command from the rest: without a name, its first word would be taken for that, and without `--` its options
 * for ours.
 */
function checkWords(name: string, words: readonly string[], typed: readonly string[]): void {
  const end = typed.indexOf("--");
  const behind = end === -1 ? [] : typed.slice(end + 1);
  if (behind.length === 1 + words.length && behind[0] === name)
    throw usageError(`the name is missing before "--": ${USAGE}`);
  if (!words[0]) throw usageError(`run needs a command: ${USAGE}`);
  if (behind.length !== words.length) throw usageError(`the command comes behind "--": ${USAGE}`);
}

/** One run: the wait for the lock, the command, and the end of both. */
class Run {
  readonly #settings: RunSettings;
  readonly #connections: readonly Connection[];
  readonly #redsync: Redsync;
  readonly #words: readonly string[];
  readonly #report: Report;
  readonly #stop = new AbortController();
  /** What ended it before there was a command. */
  #stoppedBy: NodeJS.Signals | undefined;
  #command: Command | undefined;

  constructor(
    settings: RunSettings,
    connections: readonly Connection[],
    redsync: Redsync,
    words: readonly string[],
  ) {
    this.#settings = settings;
    this.#connections = connections;
    this.#redsync = redsync;
    this.#words = words;
    this.#report = new Report(settings);
  }

  async done(): Promise<number> {
    const unhear = hearSignals((signal) => this.#onSignal(signal));
    try {
      const lock = await this.#lock();
      return typeof lock === "number" ? lock : await this.#runUnder(lock);
    } finally {
      unhear();
    }
  }

  #onSignal(signal: NodeJS.Signals): void {
    if (this.#command) {
      if (this.#command.pass(signal) === "refused") void this.#report.refused(signal);
    } else if (ends(signal)) {
      this.#stoppedBy ??= signal;
      this.#stop.abort();
    }
  }

  /** The lock, or the status with which it ends without one. */
  async #lock(): Promise<Lock | number> {
    const { name, patience, takenStatus } = this.#settings;
    const started = performance.now();
    try {
      const mutex = this.#redsync.mutex(name, { tries: patience === 0 ? 1 : Infinity });
      const lock = await take(mutex, this.#connections.length, patience, this.#stop.signal);
      await this.#report.acquired(lock, performance.now() - started);
      if (!this.#stoppedBy) return lock;
      await this.#unlock(lock);
    } catch (error) {
      if (error instanceof LockTakenError) {
        await this.#report.taken(error, performance.now() - started);
        return takenStatus;
      }
      if (!this.#stoppedBy)
        throw isRedsyncError(error)
          ? new Failure(status.unavailable, withPlaces(error, this.#connections))
          : error;
    }
    return bySignal(constants.signals[this.#stoppedBy]);
  }

  async #runUnder(lock: Lock): Promise<number> {
    const { grace } = this.#settings;
    const [name = "", ...args] = this.#words;
    if (lock.signal.aborted) return this.#lost(lock.signal.reason);
    const command = new Command(name, args, environmentFor(lock), grace);
    this.#command = command;
    const onLoss = async () => {
      const ending = command.end();
      await this.#report.losing(withPlaces(lock.signal.reason, this.#connections), showDuration(grace));
      if ((await ending) === "refused") await this.#report.refused("SIGKILL");
    };
    lock.signal.addEventListener("abort", onLoss);
    const ending = await command.ended;
    lock.signal.removeEventListener("abort", onLoss);
    if (ending.failure) await this.#report.failed(ending.failure);
    return this.#end(lock, ending);
  }

  /** The status in the end: the command's own, unless the lock was lost before it ended. */
  async #end(lock: Lock, { status: own, failure }: Ending): Promise<number> {
    const isWanted = this.#settings.holds;
    // A command that could not be started has not run: there is nothing to hold the name for.
    const holds = isWanted && failure === undefined;
    const loss = await this.#lossOf(lock, failure === undefined);
    if (holds) lock.handOver();
    if (loss !== undefined) {
      await this.#unlock(lock);
      return this.#lost(loss);
    }
    if (holds) {
      await this.#report.left(own);
      return own;
    }
    const unlocked = await this.#unlock(lock);
    if (unlocked === "taken" && isTimeLeft(lock))
      return this.#lost(new Error("the lock was taken before the command had ended"));
    const result = unlocked === "released" ? unlocked : undefined;
    await (isWanted ? this.#report.releasedUnused(result, own) : this.#report.released(result, own));
    return own;
  }

  /**
   * Why the lock was lost before the command had ended; undefined also if nobody knows. Since it was last renewed, it may have been taken
   * away, and somebody else may have had and released it: an unlock would not tell. What runs out while nodes are silent was whole until
   * then.
   */
  async #lossOf(lock: Lock, hasRun: boolean): Promise<unknown> {
    try {
      lock.assertHeld();
    } catch (loss) {
      return loss;
    }
    try {
      if (hasRun) await lock.verify();
    } catch (error) {
      if (!isRedsyncError(error)) throw error;
      if (error.code === "REDSYNC_LOCK_LOST" && isTimeLeft(lock)) return error;
    }
    return undefined;
  }

  async #lost(reason: unknown): Promise<number> {
    await this.#report.lost(withPlaces(reason, this.#connections));
    return status.lost;
  }

  /** Undefined if nobody knows: what is left ends with its expiry. */
  async #unlock(lock: Lock): Promise<Awaited<ReturnType<Lock["unlock"]>> | undefined> {
    try {
      return await lock.unlock();
    } catch (error) {
      await this.#report.failed(`${withPlaces(error, this.#connections)}; it ends with its expiry`);
      return undefined;
    }
  }
}

/** Whether its time is not over: it can only have been taken away. */
function isTimeLeft(lock: Lock): boolean {
  return lock.until.getTime() > Date.now();
}

/** What the command is given: its lock's name and token, and no token of a `redsync run` around it. */
function environmentFor({ name, token }: Lock): NodeJS.ProcessEnv {
  const { REDSYNC_TOKEN: _, ...environment } = process.env;
  return { ...environment, REDSYNC_NAME: name, ...(token !== undefined && { REDSYNC_TOKEN: String(token) }) };
}
