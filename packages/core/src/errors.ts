import type { Answer } from "./quorum.ts";
import { messageOf } from "./redact.ts";

/** The stable names of the errors, one for each class. */
export type RedsyncErrorCode =
  | "REDSYNC_LOCK_TAKEN"
  | "REDSYNC_LOCK_FAILED"
  | "REDSYNC_LOCK_LOST"
  | "REDSYNC_EXTEND_FAILED"
  | "REDSYNC_UNLOCK_FAILED"
  | "REDSYNC_NODE";

/** The base of every error that core makes, other than the `TypeError` and `RangeError` for a wrong argument. */
export abstract class RedsyncError extends Error {
  abstract readonly code: RedsyncErrorCode;
}

/** All the errors there are, to be told apart by `code`. */
export type AnyRedsyncError =
  | LockTakenError
  | LockFailedError
  | LockLostError
  | ExtendFailedError
  | UnlockFailedError
  | NodeError;

/**
 * Whether `value` is an error of ours. It goes by `code`, not by class, so that the errors of two copies of core (ESM and
 * CommonJS, or two versions) recognise each other.
 */
export function isRedsyncError(value: unknown): value is AnyRedsyncError {
  const { code } = (value ?? {}) as { code?: unknown };
  return value instanceof Error && typeof code === "string" && code.startsWith("REDSYNC_");
}

/** One node did not do as asked. `cause` is the client's own error, where there is one. */
export class NodeError extends RedsyncError {
  override readonly name = "NodeError";
  readonly code = "REDSYNC_NODE";
  /** The node's position in the list that `Redsync` was given, from 0. */
  readonly node: number;
  /** True where the server itself answered with an error: it did not run the command. False: nobody knows. */
  readonly refused: boolean;

  constructor(node: number, what: string, refused = false, options?: ErrorOptions) {
    super(`node ${node}: ${what}`, options);
    this.node = node;
    this.refused = refused;
  }
}

/** What one node had to say in a round: its answer, or why there is none. */
export type Outcome =
  | { readonly name: string; readonly node: number; readonly status: Answer }
  | {
      readonly name: string;
      readonly node: number;
      readonly status: "failed" | "unknown";
      readonly error: NodeError;
    };

/** How many answers a message has: enough for five nodes and a handful of names. */
const SHOWN = 30;

/** A verdict on a lock. */
abstract class VerdictError extends RedsyncError {
  /** What every node said, in the order of the nodes; empty where the nodes were not asked. */
  readonly outcomes: readonly Outcome[];

  constructor(lock: string, verdict: string, outcomes: readonly Outcome[] = [], cause?: Error) {
    const isOne = new Set(outcomes.map(({ name }) => name)).size < 2;
    const said = outcomes
      .slice(0, SHOWN)
      .map((one) => `${isOne ? "" : `"${brief(one.name)}" `}${describe(one)}`)
      .concat(outcomes.length > SHOWN ? `${outcomes.length - SHOWN} more` : [])
      .join("; ");
    super(`"${brief(lock)}" ${verdict}${said && `: ${said}`}`, cause ? { cause } : causeOf(outcomes));
    this.outcomes = outcomes;
  }
}

/** No lock, because too few nodes answered, or answered too late: Redis is at fault, not another holder. */
export class LockFailedError extends VerdictError {
  override readonly name = "LockFailedError";
  readonly code = "REDSYNC_LOCK_FAILED";
}

/** No lock, because others hold the name, or split its nodes among themselves. */
export class LockTakenError extends VerdictError {
  override readonly name = "LockTakenError";
  readonly code = "REDSYNC_LOCK_TAKEN";

  /** The nodes on which somebody else's value sits, under any of the names. */
  get nodes(): readonly number[] {
    return [...new Set(this.outcomes.filter(({ status }) => status === "taken").map(({ node }) => node))];
  }
}

/** The lock is no longer ours: its time ran out, or somebody else has it. */
export class LockLostError extends VerdictError {
  override readonly name = "LockLostError";
  readonly code = "REDSYNC_LOCK_LOST";
  /** "taken" where a node showed somebody else's value, else "expired". */
  readonly reason: "expired" | "taken";
  /** From `mutex.using()`: what its callback returned, though the lock was lost meanwhile. */
  readonly result?: unknown;

  constructor(lock: string, verdict: string, outcomes?: readonly Outcome[], more?: MoreOfLoss) {
    super(lock, verdict, outcomes, more?.cause);
    this.reason = outcomes?.some(({ status }) => status === "taken") ? "taken" : "expired";
    if (more) this.result = more.result;
  }
}

/** What `mutex.using()` adds: what its callback returned, and the loss that it was told of meanwhile, if it was. */
interface MoreOfLoss {
  readonly result: unknown;
  readonly cause: LockLostError | undefined;
}

/** Too few nodes answered to extend the lock. It stays held until its old `until`. */
export class ExtendFailedError extends VerdictError {
  override readonly name = "ExtendFailedError";
  readonly code = "REDSYNC_EXTEND_FAILED";
}

/** Too few nodes answered to know whether the lock was released. What is left ends with its expiry. */
export class UnlockFailedError extends VerdictError {
  override readonly name = "UnlockFailedError";
  readonly code = "REDSYNC_UNLOCK_FAILED";
}

function describe(outcome: Outcome): string {
  return "error" in outcome ? outcome.error.message : `node ${outcome.node}: ${outcome.status}`;
}

/** The first node's error that says more than "no answer in time", so that `error.cause` leads to the client's own. */
function causeOf(outcomes: readonly Outcome[]): ErrorOptions | undefined {
  const errors = outcomes.flatMap((one) => ("error" in one ? one.error : []));
  const cause = errors.find((error) => error.cause) ?? errors[0];
  return cause && { cause };
}

/** The server's own error reply: it did not run the command. */
export function refused(node: number, cause: unknown): NodeError {
  return new NodeError(node, `refused: ${brief(messageOf(cause))}`, true, { cause });
}

/** The client's error: whether the server ran the command is unknown. */
export function unreachable(node: number, cause: unknown): NodeError {
  // Node's own connection errors may come as an AggregateError, whose message is empty.
  const why = messageOf(cause) || (cause as { code?: string }).code || "unknown";
  return new NodeError(node, `no answer: ${brief(why)}`, false, { cause });
}

/** No answer yet when the round was judged: at its deadline, or before it. */
export function unanswered(node: number, ms: number, isOverdue: boolean): NodeError {
  const advice = isOverdue ? " (expiry * timeoutFactor: raise either to wait longer)" : ", when judged";
  return new NodeError(node, `no answer within ${Math.round(ms)} ms${advice}`);
}

/** Not asked, because the node owes its answer to an earlier command. */
export function silent(node: number, ms: number): NodeError {
  return new NodeError(node, `silent for ${Math.round(ms)} ms, not asked: it owes an earlier answer`);
}

/** A name or a foreign text, fit for a message of one line. */
export function brief(text: string): string {
  const line = JSON.stringify(text).slice(1, -1);
  return line.length > 200 ? `${line.slice(0, 200)}...` : line;
}
