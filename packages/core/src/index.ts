export {
  type AnyRedsyncError,
  ExtendFailedError,
  isRedsyncError,
  LockFailedError,
  LockLostError,
  LockTakenError,
  NodeError,
  type Outcome,
  RedsyncError,
  type RedsyncErrorCode,
  UnlockFailedError,
} from "./errors.ts";
export type {
  AcquiredEvent,
  ContendedEvent,
  EventListener,
  ExtendedEvent,
  LostEvent,
  NodeFailedEvent,
  RedsyncEvent,
  ReleasedEvent,
  RepairedEvent,
} from "./events.ts";
export { Lock } from "./lock.ts";
export { Mutex } from "./mutex.ts";
export type { Command, RedisNode, Reply, SendOptions } from "./node.ts";
export type { AdoptOptions, LockOptions, MutexOptions, TryLockOptions, WaitUntil } from "./options.ts";
export type { Answer, UnlockResult } from "./quorum.ts";
export { Redsync } from "./redsync.ts";
export type { RetryDelay } from "./retry.ts";
export { type Operation, type Script, script } from "./script.ts";
