import type { Lock, UnlockResult } from "@redsync/core";
import type { AskedCommand } from "./facts.ts";
import type { Waiter } from "./lines.ts";
import type { Process } from "./process.ts";
import type { Ending } from "./scope.ts";
import type { Settled } from "./settled.ts";
import type { Grant } from "./token-order.ts";
import type { Watch } from "./watch.ts";

/** What the users of core report of their calls, and the holders of locks of what they hear. */
export type Report =
  /** `lock()` or `using()` gave a lock. */
  | {
      readonly what: "given";
      readonly call: string;
      readonly lock: Lock;
      readonly process: Process;
      readonly grants: readonly Grant[];
    }
  /** `adopt()` gave the lock that another process had. */
  | { readonly what: "adopted"; readonly lock: Lock; readonly giver: Lock; readonly process: Process }
  /** `extend()` moved the lock's end. */
  | { readonly what: "prolonged"; readonly lock: Lock; readonly process: Process }
  /** A call rejected, be it with its signal's own reason. */
  | {
      readonly what: "failed";
      readonly call: string;
      readonly process: Process;
      readonly error: unknown;
      readonly isAbort: boolean;
      /** The values by which the call asked the nodes, if it is one that waits for them. */
      readonly values: ReadonlySet<string>;
    }
  /** Several calls began in one turn of the event loop, in this order, and each asks as soon as it can. */
  | { readonly what: "began together"; readonly watches: readonly Watch[] }
  /** Core had its client stop waiting for a command. */
  | { readonly what: "stopped"; readonly command: AskedCommand }
  /** A node called a waiter of the process. */
  | { readonly what: "called"; readonly process: Process; readonly server: number; readonly id: string }
  /** `unlock()` resolved. */
  | { readonly what: "unlocked"; readonly lock: Lock; readonly result: UnlockResult }
  /** A call that may have stood in line does not wait any more. */
  | { readonly what: "left the line"; readonly waiter: Waiter; readonly isGiven: boolean }
  /** A call gave no lock, and had no limit of time, or one. */
  | { readonly what: "not given"; readonly call: string; readonly isLimited: boolean }
  /** A call settled after so many milliseconds of its process' monotonic clock, and may have taken so many. */
  | {
      readonly what: "took";
      readonly call: string;
      readonly process: Process;
      readonly ms: number;
      readonly most: number;
    }
  /** A call waits no longer, and so many listeners are on the caller's signal. */
  | { readonly what: "stopped waiting"; readonly call: string; readonly listeners: number }
  /** A signal was aborted, and all that follows at once is done. */
  | { readonly what: "aborted"; readonly stillWaits: boolean }
  /** `using()` settled, after or before its callback. */
  | { readonly what: "scope ended"; readonly ending: Ending | undefined; readonly settled: Settled<unknown> }
  /** A holder read its lock's signal for the first time, when the lock was over or before. */
  | {
      readonly what: "signal read";
      readonly watch: Watch;
      readonly isOver: boolean;
      readonly isAborted: boolean;
    }
  /** The event "lost" came, of a lock that cannot be taken again. */
  | { readonly what: "lost"; readonly watch: Watch; readonly why: string }
  /** The event "extended" came, of an extension that began no sooner than this. */
  | { readonly what: "extended"; readonly watch: Watch; readonly began: number }
  /** Nobody uses the process any more, and core says that nothing is under way there. */
  | { readonly what: "settled"; readonly process: Process };
