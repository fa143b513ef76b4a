export {
  type AnyRedsyncError,
  ClosedError,
  ExtendFailedError,
  isRedsyncError,
  LockFailedError,
  LockLostError,
  LockTakenError,
  type LossReason,
  UnlockFailedError,
} from "./errors.ts";
export type {
  AcquiredEvent,
  ContendedEvent,
  ExtendedEvent,
  FailedEvent,
  LostEvent,
  NodeFailedEvent,
  RedsyncEvent,
  RedsyncEventListener,
  ReleasedEvent,
  RepairedEvent,
} from "./events.ts";
export type { NodeInspection } from "./inspection.ts";
export type { Lock } from "./lock.ts";
export type { Mutex } from "./mutex.ts";
export type { Command, RedisNode, Reply, SendOptions } from "./node.ts";
export { NodeError, type NodeOutcome } from "./node-error.ts";
export type { Operation } from "./operation.ts";
export type {
  AdoptOptions,
  CallOptions,
  CloseOptions,
  LockOptions,
  MutexOptions,
  TryLockOptions,
  WaitUntil,
} from "./options.ts";
export { Redsync, type RedsyncConstructor } from "./redsync.ts";
export { RedsyncError, type RedsyncErrorCode } from "./redsync-error.ts";
export type { RetryDelay } from "./retry.ts";
export { type Script, script } from "./script.ts";
export type { NodeAnswer, UnlockResult } from "./votes.ts";
