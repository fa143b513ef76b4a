import type { Lock } from "../../src/index.ts";
import type { Machine } from "./machine.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Server } from "./server.ts";
import { Violation } from "./violation.ts";

/** A lock in somebody's hands. */
export interface Holding {
  readonly lock: Lock;
  readonly machine: Machine;
  /** The values of the call that gave it, this lock's and those of the attempts before. */
  readonly values: ReadonlySet<string>;
}

/** Every lock that may be valid, watched by the two rules of safety. */
export class Holdings {
  readonly #all = new Set<Holding>();
  readonly #servers: readonly Server[];
  readonly #scheduler: Scheduler;
  readonly #checksStorage: boolean;
  readonly #probed = new WeakMap<Lock, number>();

  constructor(servers: readonly Server[], scheduler: Scheduler, checksStorage: boolean) {
    this.#servers = servers;
    this.#scheduler = scheduler;
    this.#checksStorage = checksStorage;
  }

  add(holding: Holding): void {
    this.#all.add(holding);
  }

  drop(holding: Holding): void {
    this.#all.delete(holding);
  }

  valid(): Holding[] {
    return [...this.#all].filter(({ lock }) => lock.remaining() > 0);
  }

  check(): void {
    const valid = this.valid();
    for (const holding of valid) this.#checkAlone(holding, valid);
    for (const holding of valid) {
      if (this.#checksStorage) this.#checkStored(holding);
      this.#probe(holding);
    }
  }

  #checkAlone({ lock, machine }: Holding, valid: readonly Holding[]): void {
    for (const { lock: other, machine: elsewhere } of valid) {
      if (other.name !== lock.name || other.value === lock.value) continue;
      throw new Violation(
        "one holder",
        `process ${machine.index} holds ${lock.name} by ${lock.value} for ${lock.remaining()} ms, ` +
          `process ${elsewhere.index} by ${other.value} for ${other.remaining()} ms`,
      );
    }
  }

  #checkStored({ lock, machine }: Holding): void {
    const stored = this.#servers.filter((server) => server.stores(lock.name, lock.value)).length;
    if (stored > this.#servers.length / 2) return;
    throw new Violation(
      "a quorum stores it",
      `process ${machine.index} holds ${lock.name} by ${lock.value} for ${lock.remaining()} ms, ` +
        `and ${stored} of ${this.#servers.length} nodes store it`,
    );
  }

  /** Looks again in the last millisecond of a lock: that is where drift shows. */
  #probe({ lock, machine }: Holding): void {
    const until = lock.until.getTime();
    if (this.#probed.get(lock) === until) return;
    this.#probed.set(lock, until);
    this.#scheduler.after(machine.trueTime(lock.remaining() - 1), () => {});
  }
}
