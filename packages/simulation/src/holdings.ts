import type { Lock } from "@redsync/core";
import type { Process } from "./process.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Server } from "./server.ts";
import type { Watch } from "./watch.ts";

/** A lock in somebody's hands. */
export interface Holding {
  readonly lock: Lock;
  readonly process: Process;
  /** What its holder hears of it. */
  readonly watch: Watch;
  /** The values of the call that gave it, this lock's and those of the attempts before. */
  readonly values: ReadonlySet<string>;
}

/** Every lock that may be valid. */
export class Holdings {
  readonly #all = new Set<Holding>();
  readonly #servers: readonly Server[];
  readonly #scheduler: Scheduler;
  readonly #probed = new WeakMap<Lock, number>();

  constructor(servers: readonly Server[], scheduler: Scheduler) {
    this.#servers = servers;
    this.#scheduler = scheduler;
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

  /** Has a step taken in the last millisecond of a lock, where drift shows, and right after its end. */
  probe({ lock, process }: Holding): void {
    const until = lock.until.getTime();
    if (this.#probed.get(lock) === until) return;
    this.#probed.set(lock, until);
    const left = lock.remaining();
    for (const ms of [left - 1, left + 1]) this.#scheduler.after(process.trueTime(ms), () => {});
  }
}
