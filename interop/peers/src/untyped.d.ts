// redlock 5 beta has types, but its "exports" do not name them; redlock 4 has none.
declare module "redlock" {
  import type { EventEmitter } from "node:events";
  import type { Redis } from "ioredis";

  export class ExecutionError extends Error {}
  export class Lock {
    extend(duration: number): Promise<Lock>;
    release(): Promise<unknown>;
  }
  // biome-ignore lint/style/noDefaultExport: that is what it exports
  export default class Redlock extends EventEmitter {
    constructor(clients: Iterable<Redis>, settings?: object);
    acquire(resources: string[], duration: number): Promise<Lock>;
  }
}

declare module "redlock-4" {
  import type { Redis } from "ioredis";

  interface Lock {
    extend(ttl: number): Promise<Lock>;
    unlock(): Promise<void>;
  }
  // biome-ignore lint/style/noDefaultExport: that is what it exports
  export default class Redlock {
    static readonly LockError: new () => Error;
    constructor(clients: readonly Redis[], options?: object);
    lock(resources: readonly string[], ttl: number): Promise<Lock>;
  }
}
