import type { RedisNode } from "@redsync/core";
import type { ClientName } from "./options.js";

/** Makes a client of a server, as a node; `connect` resolves once it has a connection, or may never do so. */
export type Open = (url: URL, options: OpenOptions) => Opened | Promise<Opened>;

export interface OpenOptions {
  /** For how long a server may be silent, in ms, before it counts as down. */
  readonly patience: number;
  /** Is told of every connection that fails: clients go on trying. */
  onError(error: NodeJS.ErrnoException): void;
}

export interface Opened {
  readonly node: RedisNode;
  connect(): Promise<unknown>;
  close(): void;
}

// Each is loaded when it is chosen: the others need not even be installed.
const clients: Record<ClientName, () => Promise<{ readonly open: Open }>> = {
  ioredis: () => import("./clients/ioredis.ts"),
  "node-redis": () => import("./clients/node-redis.ts"),
  "valkey-glide": () => import("./clients/valkey-glide.ts"),
};

/** Loads the client of that name. */
export async function loadClient(name: ClientName): Promise<Open> {
  return (await clients[name]()).open;
}
