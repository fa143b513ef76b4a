import type { Harness } from "@redsync/conformance";
import { lacks } from "@redsync/upstash-server/given-databases";

/** A client as a worker has it. */
export interface Client {
  readonly name: string;
  /** The worker that has it, a file of `src`. */
  readonly worker: "cases.ts" | "tcp-cases.ts";
  readonly lacks?: NonNullable<Harness["lacks"]>;
  /** What the runtime says of it that is no harm. */
  readonly harmless?: RegExp;
}

export const memory: Client = {
  name: "memory",
  worker: "cases.ts",
  lacks: {
    lua: "it runs no Lua, only core's scripts",
    blocking: "it has no command that blocks",
    connections: "it has no connection",
  },
};

export const upstash: Client = { name: "Upstash over HTTP", worker: "cases.ts", lacks };

export const ioredis: Client = { name: "ioredis 6", worker: "tcp-cases.ts" };

export const nodeRedis: Client = {
  name: "node-redis 6",
  worker: "tcp-cases.ts",
  // The runtime adds a listener to a socket with each write where a timeout was set before, as this client sets one.
  harmless: /^Possible EventEmitter memory leak detected\. 11 timeout listeners added/,
};
