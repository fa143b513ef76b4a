import type { Lock } from "@redsync/core";
import { Instant } from "../../core/src/clock.ts";
import { quiet } from "./draw.ts";
import type { Machine } from "./machine.ts";
import { Violation } from "./violation.ts";
import type { World } from "./world.ts";

const PRECISION_MS = 3;

/** What is expected while one lock is held: that it is renewed, repaired, not held for too long, and found lost when it is. */
export class Keeping {
  /** It was unlocked, or handed over. */
  isLetGo = false;
  readonly #world: World;
  readonly #machine: Machine;
  readonly #lock: Lock;
  readonly #renews: boolean;
  readonly #given: Instant;
  readonly #givenAt: number;
  /** When an extension last failed on a node: one that is silent is not asked. */
  #failedAt = 0;
  #tamperedAt: number | undefined;

  constructor(world: World, machine: Machine, lock: Lock, renews: boolean) {
    this.#world = world;
    this.#machine = machine;
    this.#lock = lock;
    this.#renews = renews;
    this.#given = new Instant(machine.clock);
    this.#givenAt = world.scheduler.now;
  }

  /** For how long nothing was sent to keep it. */
  get idle(): number {
    const { scheduler, journal } = this.#world;
    return scheduler.now - Math.max(this.#givenAt, this.#failedAt, journal.extendedAt(this.#lock.value));
  }

  /** Somebody deleted it, or took it. */
  tampered(): void {
    this.#tamperedAt ??= this.#world.scheduler.now;
  }

  failed(): void {
    this.#failedAt = this.#world.scheduler.now;
  }

  /** An extension that began at this time was confirmed. */
  extended(began: number): void {
    if (this.#renews) this.#world.saw("renewed");
    if (this.#world.plan.kind !== "repairs") return;
    // An answer that comes late, and then the repair: three ways.
    this.#world.scheduler.after(3 * this.#world.timeout + PRECISION_MS, () => this.#checkRepaired(began));
  }

  /** It was lost, for this reason. */
  lost(why: string): void {
    if (this.#isSafe) throw new Violation("renewed while calm", `${this.#lock.value} was lost: ${why}`);
    if (why.includes("maxHold")) this.#world.saw("held for maxHold");
    if (why.includes(" is lost") && !this.isLetGo) this.#foundLost();
  }

  check(): void {
    if (this.isLetGo) return;
    if (this.#lock.remaining() === 0) {
      if (this.#isSafe) this.lost("its time ran out");
      return;
    }
    this.#checkLength();
    if (!this.#renews) return;
    if (!this.#machine.isDisturbed) this.#checkRenewal();
    if (this.#tamperedAt !== undefined) this.#checkFound(this.#tamperedAt);
  }

  /** Nothing that goes on in this schedule is a reason to lose it. */
  get #isSafe(): boolean {
    if (!this.#renews || this.isLetGo || this.#tamperedAt !== undefined) return false;
    const { plan, timeout } = this.#world;
    const { maxHold = Number.POSITIVE_INFINITY } = plan.options;
    // It is held since the attempt began: two rounds ago, where tokens were raised.
    const isEarly = this.#held < maxHold - 3 * timeout;
    return isEarly && quiet.includes(plan.kind) && plan.weather.slow === 0;
  }

  get #held(): number {
    return this.#given.elapsed();
  }

  #checkLength(): void {
    const { maxHold = Number.POSITIVE_INFINITY } = this.#world.plan.options;
    if (this.#held > maxHold)
      throw new Violation("no longer than it may", `held for ${this.#held} ms, maxHold is ${maxHold} ms`);
  }

  /** Another extension is on its way within a third of the expiry and a round, as long as the lock is valid. */
  #checkRenewal(): void {
    const { plan, timeout } = this.#world;
    const most = this.#machine.trueTime(plan.options.expiry / 3 + timeout) + 2 * PRECISION_MS;
    if (this.idle > most)
      throw new Violation("goes on renewing", `${this.#lock.value} was not extended for ${this.idle} ms`);
  }

  /** The next extension tells. */
  #checkFound(since: number): void {
    const { plan, scheduler, timeout } = this.#world;
    const most = this.#machine.trueTime(plan.options.expiry / 3 + 2 * timeout);
    if (scheduler.now - since > most)
      throw new Violation("told when it is lost", `${this.#lock.value}: nobody found that it is lost`);
  }

  #checkRepaired(began: number): void {
    const { wipedAt, holdings } = this.#world;
    if (this.isLetGo || this.#lock.remaining() === 0) return;
    if (wipedAt >= began || this.#failedAt >= began || holdings.isWhole(this.#lock)) return;
    throw new Violation("repaired while calm", `${this.#lock.value} is missing where it was extended`);
  }

  /** The nodes said so: what one of them still had is deleted, without an unlock. */
  #foundLost(): void {
    const { journal, scheduler, timeout } = this.#world;
    const { value } = this.#lock;
    journal.lost(value, timeout);
    scheduler.after(this.#machine.trueTime(timeout) + PRECISION_MS, () => {
      if (this.isLetGo || this.#machine.isDisturbed || this.#machine.isCrashed) return;
      this.#world.saw("found lost");
      journal.checkLost(value);
    });
  }
}
