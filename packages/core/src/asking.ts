import type { Background } from "./background.ts";
import type { Moment } from "./clock.ts";
import type { LockSpec, NodeKey } from "./lock-spec.ts";
import type { NodeError } from "./node-error.ts";
import type { Operation } from "./operation.ts";
import type { NodeAnswer } from "./votes.ts";

/** What a round asks about a value, and which nodes. */
export interface RoundOptions {
  readonly operation: Operation;
  /** What goes on for it after its call. */
  readonly background: Background;
  /** Which attempt of a lock this is, from 1. */
  readonly attempt?: number;
  /** With fencing: the token to store. */
  readonly token?: number | undefined;
  /** What to ask about; default: every name on every node. */
  readonly keys?: readonly NodeKey[];
  /** What has granted it before. */
  readonly granted?: readonly NodeKey[];
  /** Whether a node that refuses for a moment is asked again, until the deadline or until a quorum has done it without that node. */
  readonly insists?: boolean;
  /** How long to wait before what a node refuses is asked of it again in a round of its own, in ms. */
  readonly pause?: number;
  /** The entry of a waiter in a name's queue on a node; nothing if it may not be entered there. */
  enter?(key: NodeKey): string;
  /** Whether a node may do it for the name alone if it cannot reach the name's fence. */
  readonly mayMissFence?: boolean;
  /** A node answered, before the decision or after it. */
  onAnswer?(key: NodeKey, answer: NodeAnswer): void;
}

/** A round, as its questions and the owner of its value see it. */
export interface AskingRound extends Moment {
  readonly spec: LockSpec;
  readonly owner: RoundOwner;
  readonly options: RoundOptions;
  readonly isDecided: boolean;
}

/** A round that may still put a value on nodes. */
export interface PendingWrite {
  /** Whether an answer may still come before the deadline. */
  isWaitingFor(key: NodeKey): boolean;
  /**
   * Calls `run` when the node has answered, or at the deadline. The caller then undoes what this round leaves behind, unless the node
   * surely `hasNothing` of it.
   */
  whenSettled(key: NodeKey, run: (hasNothing: boolean) => void): void;
}

/** The value that a round is about. */
export interface RoundOwner {
  readonly value: string;
  /** Whether a key may have the value, by the key's index. */
  readonly written: boolean[];
  /** Keys whose fence could not be reached with the name. The next extension goes there for the name alone. */
  readonly fenceAway: ReadonlySet<NodeKey> | undefined;
  /** The fence of this key cannot be reached with the name, or can be again. */
  missFence(key: NodeKey): void;
  findFence(key: NodeKey): void;
  /** Whether a grant that still arrives should be kept. */
  keepsGrants(): boolean;
  /** Whether a round may still put the value there: a release has to wait for that. */
  isWriting(key: NodeKey): boolean;
  writesPendingAt(key: NodeKey): readonly PendingWrite[];
  /** A node answered, or failed. */
  onReply(round: AskingRound, key: NodeKey, answer: NodeAnswer | NodeError, isPermanent: boolean): void;
}

/** Whether a round leaves the value on nodes. */
export function isWrite({ options: { operation } }: Pick<AskingRound, "options">): boolean {
  return operation !== "release" && operation !== "verify" && operation !== "inspect";
}

/** Whoever waits, as far as nodes are told of it. */
export interface Waiting {
  /** The entry in a name's queue on a node; nothing if it may not be entered there. */
  enter(key: NodeKey): string;
  /** A node answered what that value's owner asked, before the decision or after it. */
  onAnswer(key: NodeKey, answer: NodeAnswer, owner: RoundOwner, background: Background): void;
}
