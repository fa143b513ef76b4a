import type { Lock, RedsyncEvent, UnlockResult } from "@redsync/core";
import { elapsed, type Moment, present } from "../../core/src/clock.ts";
import type { Waiter } from "./lines.ts";
import type { Process } from "./process.ts";
import type { Simulation } from "./simulation.ts";
import { isFoundByNodes } from "./verdicts.ts";

/** How the holder let go of a lock, and what its signal said then. */
interface LetGo {
  readonly at: number;
  readonly isHandedOver: boolean;
  readonly wasAborted: boolean;
}

/** What the holder of one lock does with it, and hears of it by its signal and by events. */
export class Watch {
  /** The values of the call that is to give the lock. */
  readonly values = new Set<string>();
  readonly process: Process;
  /** The lock renews itself. */
  readonly renews: boolean;
  losses = 0;
  released: UnlockResult | undefined;
  /** Its holder has read its signal. */
  hasRead = false;
  /** When an extension last failed on a node: one that is silent is not asked. */
  failedAt = 0;
  /** When somebody deleted it, or took it. */
  tamperedAt: number | undefined;
  letGo: LetGo | undefined;
  /** The call, while it may stand in line, and afterwards. */
  waiter: Waiter | undefined;
  readonly #simulation: Simulation;
  #given: { readonly lock: Lock; readonly since: Moment; readonly at: number } | undefined;

  constructor(simulation: Simulation, process: Process, renews: boolean) {
    this.#simulation = simulation;
    this.process = process;
    this.renews = renews;
  }

  /** The lock, once it was given. */
  get lock(): Lock | undefined {
    return this.#given?.lock;
  }

  /** Nobody counts on the lock any more: neither its holder, nor who adopts it. */
  get isOver(): boolean {
    if (this.letGo !== undefined) return !this.letGo.isHandedOver;
    return this.lock?.remaining() === 0;
  }

  /** For how long it has been held, by the holder's clocks. */
  get held(): number {
    return this.#given ? elapsed(this.process.clock, this.#given.since) : 0;
  }

  /** For how long nothing was sent to keep it. */
  get idle(): number {
    if (this.#given === undefined) return 0;
    const { scheduler, journal } = this.#simulation;
    const { lock, at } = this.#given;
    return scheduler.now - Math.max(at, this.failedAt, journal.keptAt(lock.value));
  }

  given(lock: Lock): void {
    const { scheduler, watches } = this.#simulation;
    this.#given = { lock, since: present(this.process.clock), at: scheduler.now };
    watches.add(this);
  }

  /** Reads the lock's signal. If the lock is over by then, that shows at once. */
  read(lock: Lock): void {
    const isOver = lock.remaining() === 0;
    const isAborted = lock.signal.aborted;
    if (this.hasRead) return;
    this.hasRead = true;
    this.#simulation.coverage.count(isOver ? "signal read late" : "signal read early");
    this.#simulation.report({ what: "signal read", watch: this, isOver, isAborted });
  }

  tampered(): void {
    this.tamperedAt ??= this.#simulation.scheduler.now;
  }

  unlocking(): void {
    this.#let(false);
    if (this.lock) this.#simulation.journal.unlocking(this.lock.value);
  }

  handedOver(): void {
    this.#let(true);
  }

  readonly hear = (event: RedsyncEvent): void => {
    const { coverage, scheduler } = this.#simulation;
    if (event.type === "lost") this.#hearLoss(event.error.message);
    else if (event.type === "released") this.released = event.result;
    else if (event.type === "repaired") coverage.count("repaired");
    else if (event.type === "extended") this.#hearExtension(event.ms);
    else if (event.type === "failed" && event.code === "REDSYNC_EXTEND_FAILED" && this.lock)
      this.failedAt = scheduler.now;
  };

  #hearLoss(why: string): void {
    const { coverage, journal, mayRetake, timeout } = this.#simulation;
    this.losses++;
    coverage.count("lost");
    // What may take the name again may lose it again.
    if (this.lock === undefined || mayRetake) return;
    this.#simulation.report({ what: "lost", watch: this, why });
    if (why.includes("maxHold")) coverage.count("held for maxHold");
    // By nodes, while it was held: not by the clock.
    if (isFoundByNodes(why) && !this.letGo) journal.lost(this.lock.value, timeout);
  }

  #hearExtension(ms: number): void {
    const { coverage, scheduler, plan } = this.#simulation;
    if (this.lock && this.renews) coverage.count("renewed");
    // By whichever of the clocks: no sooner than by the slowest there is.
    const began = scheduler.now - ms / (1 - plan.options.driftFactor / 2) - 1;
    this.#simulation.report({ what: "extended", watch: this, began });
  }

  #let(isHandedOver: boolean): void {
    const wasAborted = this.hasRead && this.lock?.signal.aborted === true;
    this.letGo ??= { at: this.#simulation.scheduler.now, isHandedOver, wasAborted };
  }
}
