import type { Lock, Mutex, RedsyncEvent } from "@redsync/core";
import type { Process } from "@redsync/simulation/process";
import type { Random } from "@redsync/simulation/random";
import type { Connection } from "./connection.ts";
import { describeEvent } from "./describe-event.ts";
import type { Activity, Kind, TaskState } from "./recording.ts";
import type { Register } from "./register.ts";
import type { Setting } from "./setting.ts";
import { seconds, shortToken } from "./words.ts";

/** How long a task prepares its write, after it has looked at its lock for the last time. */
const PREPARING_MS = 120;
/** How long a write is on its way to the register, or a read. */
const WAY_MS = 20;
/** After this a call gives up. */
const TIMEOUT_MS = 60_000;

/** What a task needs of the run around it. */
export interface Scene {
  readonly setting: Setting;
  readonly process: Process;
  readonly mutex: Mutex;
  /** Its ways to the nodes, by node. */
  readonly connections: readonly Connection[];
  readonly random: Random;
  readonly register: Register;
  note(kind: Kind, text: string): void;
}

/** One that wants the lock, reads the register while it has it, and writes back what it read and one more. */
export class Task {
  readonly #scene: Scene;
  #activity: Activity = "away";
  #lock: Lock | undefined;
  #isRefused = false;
  /** For how long it is to be paused before its next write. */
  pauseBeforeWrite = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  get isDone(): boolean {
    return this.#activity === "done";
  }

  get state(): TaskState {
    const lock = this.#lock;
    const isLate = this.#activity === "holding" && !this.#hasValidLock;
    return {
      activity: isLate ? "late" : this.#activity,
      isPaused: this.#scene.process.isStopped,
      token: lock?.token,
      cutFrom: this.#scene.connections.flatMap(({ isCut }, node) => (isCut ? [node] : [])),
    };
  }

  /** By its own clock, and as far as it knows. */
  get #hasValidLock(): boolean {
    return this.#lock !== undefined && this.#lock.remaining() > 0;
  }

  async live(arrival: number): Promise<void> {
    const { setting, process, random, note } = this.#scene;
    await process.sleep(arrival);
    for (let turn = 1; turn <= setting.turns; turn++) {
      this.#activity = "waiting";
      this.#isRefused = false;
      note("asks", "asks for the lock");
      // What there is to say of a call that fails, or of a lock that is lost, was said by core's events.
      await this.#scene.mutex.using((lock) => this.#work(lock), { timeout: TIMEOUT_MS }).catch(() => {});
      this.#activity = turn < setting.turns ? "resting" : "done";
      await process.sleep(random.between(0.3, 0.6) * setting.work);
    }
  }

  /** What core says of its calls. */
  hear(event: RedsyncEvent): void {
    const { note } = this.#scene;
    const isFirst = event.type === "contended" && !this.#isRefused;
    this.#isRefused ||= isFirst;
    const described = describeEvent(event);
    if (isFirst) note("waits", "is refused, and waits");
    else if (described) note(described.kind, described.text);
  }

  async #work(lock: Lock): Promise<void> {
    const { setting, process, random, register, note } = this.#scene;
    this.#activity = "holding";
    this.#lock = lock;
    const { signal, token } = lock;
    note(
      "granted",
      token === undefined ? "gets the lock" : `gets the lock, with the token ${shortToken(token)}`,
    );
    const lost = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => {
        note("aborted", "has its signal aborted");
        resolve();
      });
    });
    try {
      await process.sleep(WAY_MS);
      const read = register.read(token);
      await Promise.race([process.sleep(setting.work * random.between(0.9, 1.1)), lost]);
      if (!this.#hasValidLock) return note("stops", "stops, and writes nothing");
      // From here to the write any time may pass, and no lock can prevent that.
      await this.#prepare();
      await this.#write(read + 1, token);
    } finally {
      this.#activity = "resting";
      this.#lock = undefined;
    }
  }

  async #prepare(): Promise<void> {
    const { process } = this.#scene;
    await process.sleep(PREPARING_MS / 2);
    if (this.pauseBeforeWrite > 0) {
      const ms = this.pauseBeforeWrite;
      this.pauseBeforeWrite = 0;
      this.pause(ms, "is paused, after it has looked at its lock and before its write leaves");
    }
    await process.sleep(PREPARING_MS / 2);
  }

  async #write(count: number, token: number | undefined): Promise<void> {
    const { process, register, note } = this.#scene;
    await process.sleep(WAY_MS);
    const isAccepted = register.write(count, token);
    if (isAccepted) note("accepted", `writes ${count}: accepted`);
    else note("refused", `writes ${count}: refused, somebody with a larger token was here`);
  }

  /** Stops its process for a while, as a garbage collection or SIGSTOP does: its clocks go on. */
  pause(ms: number, text = "is paused"): void {
    const { process, note } = this.#scene;
    if (process.isStopped) return;
    note("paused", `${text}, for ${seconds(ms)}`);
    process.pause(ms, false);
    void process.sleep(ms).then(() => note("resumed", "goes on"));
  }
}
