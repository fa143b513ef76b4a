import type { RedisNode, Reply } from "@redsync/core";
import { isDenied, lastErrorOf, listenTo, reasonOf } from "./last-error.ts";
import { type NodeRedisSubscriber, subscribeOf } from "./subscribe.ts";

/** What goes with a command to node-redis. */
export interface NodeRedisCommandOptions {
  readonly abortSignal?: AbortSignal;
  /** Empty: replies as RESP has them, whatever the client maps its own to. */
  readonly typeMapping: Record<never, never>;
}

/** What is called of a client or a pool: `createClient`, `createClientPool`. */
export interface NodeRedisClient {
  sendCommand(args: string[], options: NodeRedisCommandOptions): Promise<unknown>;
}

/** What is called of `createCluster`'s. */
export interface NodeRedisCluster {
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean,
    args: string[],
    options: NodeRedisCommandOptions,
  ): Promise<unknown>;
}

/** What is called of `createSentinel`'s. */
export interface NodeRedisSentinel {
  sendCommand(isReadonly: boolean, args: string[], options: NodeRedisCommandOptions): Promise<unknown>;
}

/** Options of `nodeRedisNode`. */
export interface NodeRedisOptions {
  /**
   * What listens to channels. Default: the client itself if it can do so beside its other work. That is a client which speaks
   * RESP3 (version 6 by default, version 5 with `RESP: 3`; if you disable `maintNotifications` write `RESP: 3` down in version 6 too,
   * or the adapter does not know), and a cluster and a sentinel, which connect once more by themselves for it while somebody
   * listens. A client over RESP2 can do nothing else once it has subscribed, and a pool cannot subscribe: they take a second
   * client, such as `client.duplicate()`, which you connect and close as you do the first; without one the node does not
   * listen, and waiting for a lock relies on timed retries.
   *
   * Your own subscriptions of the client stay as they are. `keyPrefix` is not for channels.
   */
  readonly subscriber?: NodeRedisSubscriber;
}

/**
 * A client, a pool, a cluster or a sentinel of node-redis 5 or 6 as a node.
 *
 * The client stays yours: connect it, listen to its errors, close it. Beside your listener for `error` it gets one of the adapter,
 * which remembers why there is no connection. A command goes to a primary, never to a replica. The
 * client's `typeMapping` and `keyPrefix` do not apply to what a node sends. The signal of a command takes it out of the
 * client's queue where it has not been written yet.
 *
 * @throws `TypeError` for anything that is no such client, for a `subscriber` that cannot listen, and for unknown options.
 *
 * @example
 * ```ts
 * const redsync = new Redsync(nodeRedisNode(await createClient().connect()));
 * ```
 */
export function nodeRedisNode(
  client: NodeRedisClient | NodeRedisCluster | NodeRedisSentinel,
  options: NodeRedisOptions = {},
): RedisNode {
  const before = argumentsBefore(client);
  checkOptions(options);
  const subscribe = subscribeOf(client, options.subscriber);
  listenTo(client);
  // A sentinel's may have been sent before: it tries again by itself where its connection is lost.
  const isTriedOnce = !("getSentinelNode" in client);
  const anyKind = client as AnyClient;
  const send: RedisNode["send"] = (command, { key, signal } = {}) => {
    // An undefined signal would override the one of `withAbortSignal()`.
    const options: NodeRedisCommandOptions = { typeMapping: {}, ...(signal && { abortSignal: signal }) };
    const isClosed = anyKind.isOpen === false;
    return anyKind.sendCommand(...before(key), [...command], options).catch((error) => {
      const isRefused = isClosed || (isTriedOnce && NOT_SENT.test(error?.message));
      throw isRefused ? refusal(error, anyKind, isClosed) : explained(error, anyKind);
    });
  };
  const slots = "nodeClient" in client;
  const node = { client, slots, send, disconnection: () => disconnectionOf(anyKind) };
  return subscribe ? { ...node, subscribe } : node;
}

function disconnectionOf(client: AnyClient): Error | undefined {
  if (client.isReady !== false) return undefined;
  const cause = lastErrorOf(client);
  return new Error(`its client is not connected, or not yet${reasonOf(cause)}`, cause && { cause });
}

/** What core takes for the proof that a command was not sent. */
function refusal(error: Error, client: AnyClient, closed: boolean): Error {
  const { isReady } = client;
  const isOffline = isReady === false || error.message === "The client is offline";
  const cause = isOffline && !closed ? lastErrorOf(client) : undefined;
  // Of a pool or a cluster it may be the error of one connection, while others are being made anew.
  const isFinal = isReady === false && cause && isDenied(cause);
  const why = closed ? ", or was never connected" : reasonOf(cause);
  const text = isFinal ? cause.message : error.message + why;
  return Object.assign(new Error(text, { cause: cause ?? error }), { notSent: true, closed });
}

/**
 * The client's own timeout of a command, 5 s in version 6, says nothing at all. It is no proof: commands that were written end with the same
 * error when a server is under maintenance.
 */
function explained(error: Error & { code?: unknown }, client: AnyClient): Error {
  // Of a host with several addresses the message is empty too, and it has a code.
  if (error?.message !== "" || error.code) return error;
  const why = disconnectionOf(client);
  return new Error(`given up after the client's own timeout${reasonOf(why)}`, { cause: why ?? error });
}

interface AnyClient {
  /** False before it is connected and once it is closed, but not while it connects again. */
  readonly isOpen?: boolean;
  /** Pools, and clusters of version 5, have none. */
  readonly isReady?: boolean;
  sendCommand(...args: unknown[]): Promise<Reply>;
}

/** What node-redis says of a command that it has not written: it writes each once. */
const NOT_SENT =
  /^(The queue is full|The client is (closed|offline)|The command was aborted|Timeout waiting for a client)/;

/**
 * What goes before the command. Each kind of client is told by a method that no other has: the lengths of their `sendCommand`
 * would not survive a wrapper.
 */
function argumentsBefore(client: object): (key: string | undefined) => unknown[] {
  const has = (name: string) => typeof (client as Record<string, unknown> | null)?.[name] === "function";
  if (typeof client === "object" && has("sendCommand") && has("withTypeMapping")) {
    if (has("createPool") || has("execute")) return () => [];
    // `false` and not undefined: without a word, node-redis 6 decides by itself whether a replica will do.
    if (has("nodeClient")) return (key) => [key, false];
    if (has("getSentinelNode")) return () => [false];
  }
  throw new TypeError(
    "nodeRedisNode(client) expects a client, a pool, a cluster or a sentinel of node-redis 5 or 6; for version 4 docs/adapters.md has a node of fifteen lines",
  );
}

/** Refuses what is no object of options, as `clients.map(nodeRedisNode)` gives it, and options that there are not. */
function checkOptions(options: object): void {
  if (typeof options !== "object" || !options || Object.keys(options).some((name) => name !== "subscriber"))
    throw new TypeError("nodeRedisNode(client, options) expects { subscriber } as its options, or none");
}
