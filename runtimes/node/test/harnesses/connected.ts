import type { RedisNode } from "@redsync/core";

/** A node with everything that was connected for it. */
export interface Connected {
  readonly node: RedisNode;
  close(): unknown;
}
