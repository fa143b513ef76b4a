import type { Lock } from "@redsync/core";
import type { Machine } from "./machine.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Server } from "./server.ts";
import { Violation } from "./violation.ts";
import type { Watch } from "./watch.ts";

/** A lock in somebody's hands. */
export interface Holding {
  readonly lock: Lock;
  readonly machine: Machine;
  /** What its holder hears of it. */
  readonly watch: Watch;
  /** The values of the call that gave it, this lock's and those of the attempts before. */
  readonly values: ReadonlySet<string>;
}

/** Every lock that may be valid, watched by the two rules of safety, name by name. */
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

  /** Whether every server has all of the lock. */
  isWhole({ names, value, token = 0 }: Lock): boolean {
    const has = (name: string) => (server: Server) =>
      server.stores(name, value) && server.fence(name) >= token;
    return names.every((name) => this.#servers.every(has(name)));
  }

  check(valid: readonly Holding[]): void {
    for (const holding of valid) this.#checkAlone(holding, valid);
    for (const holding of valid) {
      if (this.#checksStorage) this.#checkStored(holding);
      this.#probe(holding);
    }
  }

  #checkAlone({ lock, machine }: Holding, valid: readonly Holding[]): void {
    for (const { lock: other, machine: elsewhere } of valid) {
      if (other.value === lock.value) continue;
      const name = lock.names.find((each) => other.names.includes(each));
      if (name === undefined) continue;
      throw new Violation(
        "one holder",
        `process ${machine.index} holds ${name} by ${lock.value} for ${lock.remaining()} ms, ` +
          `process ${elsewhere.index} by ${other.value} for ${other.remaining()} ms`,
      );
    }
  }

  #checkStored({ lock, machine }: Holding): void {
    for (const name of lock.names) {
      const stored = this.#servers.filter((server) => server.stores(name, lock.value)).length;
      if (stored > this.#servers.length / 2) continue;
      throw new Violation(
        "a quorum stores it",
        `process ${machine.index} holds ${name} by ${lock.value} for ${lock.remaining()} ms, ` +
          `and ${stored} of ${this.#servers.length} nodes store it`,
      );
    }
  }

  /** Looks again in the last millisecond of a lock, where drift shows, and right after its end. */
  #probe({ lock, machine }: Holding): void {
    const until = lock.until.getTime();
    if (this.#probed.get(lock) === until) return;
    this.#probed.set(lock, until);
    const left = lock.remaining();
    for (const ms of [left - 1, left + 1]) this.#scheduler.after(machine.trueTime(ms), () => {});
  }
}
