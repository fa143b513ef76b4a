import { secretOf } from "./owner.ts";
import { messageOf, Redaction, truncate } from "./redact.ts";
import { RedsyncError } from "./redsync-error.ts";
import { inspect } from "./shown.ts";
import type { NodeAnswer } from "./votes.ts";

/** Whether the client gave an error, as `cause`: unlike reading that, this costs nothing. */
let hasCause: (error: NodeError) => boolean;

/**
 * One node did not do as asked. `cause` is the client's own error, if there is one; in place of one that carries the value of a
 * lock, a copy of its name, message, code and cause.
 */
export class NodeError extends RedsyncError {
  override readonly name = "NodeError";
  readonly code = "REDSYNC_NODE";
  /** The node's position in the list that `Redsync` was given, from 0. */
  readonly node: number;
  /**
   * True if it is sure that the command was not run and will not be: the server answered with an error, or the client refused the
   * command before it was written. False: nobody knows.
   */
  readonly refused: boolean;

  #cause: Error | undefined;
  readonly #readCause: (() => Error) | undefined;

  constructor(node: number, what: string, refused = false, readCause?: () => Error) {
    super(`node ${node}: ${what}`);
    this.node = node;
    this.refused = refused;
    this.#readCause = readCause;
  }

  override get cause(): Error | undefined {
    this.#cause ??= this.#readCause?.();
    return this.#cause;
  }

  /**
   * For `console.log`, which shows a cause only if it is a property of the error itself.
   *
   * @internal
   */
  [inspect](): this {
    const { cause: value } = this;
    return value ? Object.defineProperty(this, "cause", { value, configurable: true, writable: true }) : this;
  }

  static {
    hasCause = (error) => error.#readCause !== undefined;
  }
}

/** What one node had to say in a round: its answer, or why there is none. */
export type NodeOutcome =
  | { readonly name: string; readonly node: number; readonly status: Exclude<NodeAnswer, "taken"> }
  | {
      readonly name: string;
      readonly node: number;
      readonly status: "taken";
      /**
       * How many milliseconds the other lock has left, unless it is unlocked or extended. Infinity if it has no expiry, and
       * NaN if the node did not say.
       */
      readonly remaining: number;
      /** Who has it, if its value says so: the `owner` of a lock of ours. Undefined for one of another library, and for a reservation. */
      readonly owner?: string;
    }
  | {
      readonly name: string;
      readonly node: number;
      readonly status: "failed" | "unknown";
      readonly error: NodeError;
    };

/** How many answers a message shows: enough for five nodes and a handful of names. */
const SHOWN = 30;

/** What the nodes said, as a message shows it. */
export function describeOutcomes(outcomes: readonly NodeOutcome[], lock: string): string {
  // Of many, those that matter: first what was said, then what was not waited for.
  const telling = outcomes
    .filter(({ status }) => status !== "ok")
    .sort((one, other) => Number(one.status === "unknown") - Number(other.status === "unknown"));
  const shown = outcomes.length > SHOWN && telling.length > 0 ? telling : outcomes;
  const said = shown.slice(0, SHOWN).map((one) => describe(one, lock));
  if (outcomes.length > SHOWN) said.push("...");
  return said.join("; ");
}

/** What one node said; of a lock that has several names, about which. */
function describe(one: NodeOutcome, lock: string): string {
  const said = "error" in one ? one.error.message : `node ${one.node}: ${one.status}${lasting(one)}`;
  return one.name === lock ? said : `"${truncate(one.name)}" ${said}`;
}

function lasting(one: NodeOutcome): string {
  if (one.status !== "taken") return "";
  const by = one.owner ? ` by "${truncate(one.owner)}"` : "";
  if (Number.isNaN(one.remaining)) return by;
  return by + (Number.isFinite(one.remaining) ? `, ${duration(one.remaining)} left` : ", without an end");
}

function duration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** The first node's error that says more than "no answer in time", so that `error.cause` leads to the client's own. */
export function causeOf(outcomes: readonly NodeOutcome[]): Error | undefined {
  const errors = outcomes.flatMap((one) => ("error" in one ? one.error : []));
  return errors.find(hasCause) ?? errors[0];
}

/** The nodes that have somebody else's value, under any of the names. */
export function nodesWithOthers(outcomes: readonly NodeOutcome[]): readonly number[] {
  return [...new Set(outcomes.filter(isTaken).map(({ node }) => node))];
}

export function isTaken({ status }: NodeOutcome): boolean {
  return status === "taken";
}

/**
 * The client's error, or the server's; `isRefused` if it is sure that the command was not run and will not be. `values` are those of all
 * the locks in the command.
 *
 * Every failed command comes by here, also when hundreds of callers wait for a node that is down, and most of these errors are never
 * looked at. So the cause is searched for the values when it is read for the first time: that has the engine write down the stack.
 */
export function nodeError(
  node: number,
  error: unknown,
  values: readonly string[],
  isRefused: boolean,
): NodeError {
  const redaction = new Redaction(values.map(secretOf));
  const what = `${isRefused ? "refused" : "no answer"}: ${truncate(redaction.reasonOf(error))}`;
  return new NodeError(node, what, isRefused, () => redaction.errorOf(error));
}

/** There was no answer when the round was decided: at its deadline, or before it. `why` is what the client says of its connection. */
export function timeoutError(node: number, ms: number, isOverdue: boolean, why?: Error): NodeError {
  const advice = isOverdue ? " (expiry * timeoutFactor: raise either to wait longer)" : ", when decided";
  const what = `no answer within ${Math.round(ms)} ms${why ? `: ${truncate(messageOf(why))}` : advice}`;
  return new NodeError(node, what, false, why && copierOf(why));
}

/** Not asked, because the node owes its answer to a command of that time. `why` is what the client said of its connection then. */
export function unresponsiveError(node: number, since: number, why?: Error): NodeError {
  const reason = why ? `: ${truncate(messageOf(why))}` : "";
  const what = `not asked: it is silent since ${new Date(since).toISOString()}${reason}`;
  return new NodeError(node, what, false, why && copierOf(why));
}

/** What a client says of its connection may have the command that was refused, and that is AUTH with a password. */
function copierOf(why: Error): () => Error {
  return () => new Redaction([]).copyOf(why);
}
