import type { RedisNode } from "@redsync/core";

/** A client of one server, as a node; `connect` resolves once it has a connection, or may never do so. */
export interface Opened {
  readonly node: RedisNode;
  connect(): Promise<unknown>;
  close(): void;
}

/** Makes a client. `onError` is told of every connection that fails: clients go on trying. */
export type Open = (url: URL, onError: (error: Error) => void) => Opened | Promise<Opened>;
