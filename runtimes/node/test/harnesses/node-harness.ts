import type { Harness } from "@redsync/conformance";

/** A harness with what it needs around all of its cases. */
export interface NodeHarness extends Harness {
  start(): Promise<void>;
  stop(): Promise<void>;
}
