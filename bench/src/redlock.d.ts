// redlock 5 beta has types, but its "exports" do not name them.
declare module "redlock" {
  import type { EventEmitter } from "node:events";
  import type { Redis } from "ioredis";

  // biome-ignore lint/style/noDefaultExport: that is what it exports
  export default class Redlock extends EventEmitter {
    constructor(clients: Iterable<Redis>, settings?: object);
    acquire(resources: string[], duration: number): Promise<{ release(): Promise<unknown> }>;
  }
}
