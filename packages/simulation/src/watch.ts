import type { Lock, RedsyncEvent, UnlockResult } from "@redsync/core";
import { Keeping } from "./keeping.ts";
import type { Machine } from "./machine.ts";
import { Violation } from "./violation.ts";
import type { World } from "./world.ts";

/** Between two looks at the clocks, whatever happened to them. */
const WATCH_MS = 1_000;
const PRECISION_MS = 3;

/** What the holder of one lock is told of it, by its signal and by events. */
export class Watch {
  /** The values of the call that is to give the lock. */
  readonly values = new Set<string>();
  losses = 0;
  released: UnlockResult | undefined;
  hasRead = false;
  keeping: Keeping | undefined;
  readonly #world: World;
  readonly #machine: Machine;
  readonly #renews: boolean;
  #lock: Lock | undefined;
  #overSince: number | undefined;
  /** Unlocked, or handed over, and what the signal said then. */
  #end: { readonly at: number; readonly isHandedOver: boolean; readonly wasAborted: boolean } | undefined;

  constructor(world: World, machine: Machine, renews: boolean) {
    this.#world = world;
    this.#machine = machine;
    this.#renews = renews;
  }

  get lock(): Lock | undefined {
    return this.#lock;
  }

  /** Nobody counts on the lock any more: neither its holder, nor who adopts it. */
  get isOver(): boolean {
    if (this.#end !== undefined) return !this.#end.isHandedOver;
    return this.#lock?.remaining() === 0;
  }

  given(lock: Lock): void {
    this.#lock = lock;
    this.keeping = new Keeping(this.#world, this.#machine, lock, this.#renews);
    this.#world.watches.add(this);
  }

  /** Reads the lock's signal. Where the lock is over by then, that shows at once. */
  read(lock: Lock): void {
    const isOver = lock.remaining() === 0;
    const { signal } = lock;
    if (!this.hasRead && isOver && !signal.aborted) this.#break("a signal that is read late knows nothing");
    if (!this.hasRead) this.#world.saw(isOver ? "signal read late" : "signal read early");
    this.hasRead = true;
  }

  unlocking(): void {
    this.#letGo(false);
    if (this.#lock) this.#world.journal.unlocking(this.#lock.value);
  }

  handedOver(): void {
    this.#letGo(true);
  }

  readonly hear = (event: RedsyncEvent): void => {
    try {
      this.#hear(event);
    } catch (error) {
      // Core drops what a listener throws.
      this.#world.fail(error);
    }
  };

  check(): void {
    const lock = this.#lock;
    if (lock === undefined || this.#machine.isCrashed) return;
    this.keeping?.check();
    if (!this.hasRead) return;
    const { signal } = lock;
    const isHeld = lock.remaining() > 0;
    if (this.#end !== undefined) {
      const { wasAborted, isHandedOver } = this.#end;
      if (!isHandedOver && signal.aborted && !wasAborted) this.#break("its signal aborted after the unlock");
    } else if (signal.aborted) this.#checkAbort(signal, isHeld);
    else if (isHeld || this.#machine.isStopped) this.#overSince = undefined;
    else this.#checkDelay();
  }

  #hear(event: RedsyncEvent): void {
    if (event.type === "lost") this.#hearLoss(event.error.message);
    else if (event.type === "released") this.released = event.result;
    else if (event.type === "repaired") this.#world.saw("repaired");
    else if (event.type === "extended") this.#hearExtension(event.ms);
    else if (event.type === "failed" && event.code === "REDSYNC_EXTEND_FAILED") this.keeping?.failed();
  }

  #hearLoss(why: string): void {
    this.losses++;
    this.#world.saw("lost");
    // What may take the name again may lose it again.
    if (this.#lock === undefined || this.#world.mayRetake) return;
    if (this.losses > 1) this.#break("told twice");
    if (this.#end?.isHandedOver === false) this.#break("told after the unlock");
    this.keeping?.lost(why);
  }

  #hearExtension(ms: number): void {
    const { scheduler, plan } = this.#world;
    // By whichever of the clocks: no sooner than by the slowest there is.
    const began = scheduler.now - ms / (1 - plan.options.driftFactor / 2) - 1;
    if (this.#end?.isHandedOver && this.#end.at < began)
      throw new Violation("nothing sent after unlock", "extended by a giver, after it was handed over");
    this.keeping?.extended(began);
  }

  #letGo(isHandedOver: boolean): void {
    const wasAborted = this.hasRead && this.#lock?.signal.aborted === true;
    this.#end ??= { at: this.#world.scheduler.now, isHandedOver, wasAborted };
    if (this.keeping) this.keeping.isLetGo = true;
  }

  #checkAbort({ reason }: AbortSignal, isHeld: boolean): void {
    if (isHeld && !this.#world.mayRetake) this.#break("its signal aborted while it is valid");
    if (this.losses === 0) this.#break("its signal aborted without an event");
    if ((reason as Error).name !== "LockLostError") this.#break(`its signal aborted with ${reason}`);
    this.#world.sawOnce("signal aborted", this);
  }

  /** Where the clocks are sound the signal comes at the end, but for their drift; else when they are next looked at. */
  #checkDelay(): void {
    const { plan, scheduler } = this.#world;
    const { driftFactor, expiry } = plan.options;
    const { isDisturbed } = this.#machine;
    const late = isDisturbed ? WATCH_MS : 1.5 * driftFactor * Math.min(WATCH_MS, expiry);
    const most = this.#machine.trueTime(late) + PRECISION_MS;
    if (this.#overSince === undefined) {
      this.#overSince = scheduler.now;
      scheduler.after(most + 1, () => {});
    } else if (scheduler.now - this.#overSince > most) this.#break("its signal does not tell");
  }

  #break(what: string): never {
    throw new Violation("told when it is lost", `${this.#lock?.value}: ${what}`);
  }
}
