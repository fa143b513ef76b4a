import type { RedisNode, Reply } from "@redsync/core";
import { canListen, subscriberBeside } from "./beside.ts";
import { isDenied, lastErrorOf, listenTo, reasonOf } from "./last-error.ts";
import { type IoredisSubscriber, subscriberBy } from "./subscriptions.ts";

/** What is called of an ioredis `Redis` or `Cluster`, or of iovalkey's. */
export interface IoredisClient {
  call(command: string, args: string[]): Promise<unknown>;
  pipeline(commands?: string[][]): { exec(): Promise<[error: Error | null, reply?: unknown][] | null> };
  readonly isCluster?: boolean;
  readonly status?: string;
  readonly options?: object;
}

/** Options of `ioredisNode`. */
export interface IoredisOptions {
  /**
   * What listens to channels. Default: the client itself if it can do so beside its other work, which is a `Redis` of ioredis 6 with
   * `protocol: 3`, its default, and a `Cluster` of any version, which connects once more for it. Any other can do nothing else
   * once it has subscribed, and takes a second client for that, such as `client.duplicate()`, which you open and close as you do the
   * first; without one the node does not listen, and waiting for a lock relies on timed retries.
   *
   * Your own listeners and subscriptions of the client stay as they are, except for a channel to which you subscribe after the
   * node has: it is left with the node. `autoResubscribe` is yours alone: the node subscribes again in any case. `keyPrefix` is
   * not for channels.
   */
  readonly subscriber?: IoredisSubscriber;
}

/**
 * An ioredis client (5 or 6; a `Redis`, also behind Sentinel, or a `Cluster`) or an iovalkey client as a node.
 *
 * The client stays yours: connect it, listen to its errors, close it. Beside your listener for `error` it gets one of the adapter,
 * which remembers why there is no connection. Its `keyPrefix` is honoured, so two clients with two
 * prefixes see two key spaces. The signal of a command cannot stop ioredis; the command stays in its queue.
 *
 * @throws `TypeError` for anything that is no such client, for a client with `stringNumbers`, whose integers are strings, for a
 * `subscriber` that cannot listen, and for unknown options.
 *
 * @example
 * ```ts
 * const redsync = new Redsync(ioredisNode(new Redis()));
 * ```
 */
export function ioredisNode(client: IoredisClient, options: IoredisOptions = {}): RedisNode {
  checkClient(client);
  checkOptions(options);
  const subscribe = subscribeOf(client, options.subscriber);
  listenTo(client);
  const { enableAutoPipelining = false }: { enableAutoPipelining?: boolean } = client.options ?? {};
  const direct = "call" in client ? call : byMethod;
  const sendBy = client.isCluster && enableAutoPipelining ? alone : direct;
  // In lower case, because iovalkey finds a command's keys (for `keyPrefix` and Cluster slots) by that name alone.
  const send: RedisNode["send"] = ([name, ...args]) => {
    if (isClosed(client)) return Promise.reject(refusal("Connection is closed.", true));
    const { status } = client;
    const sending = sendBy(client, name.toLowerCase(), args) as Promise<Reply>;
    return status === "ready" || enableAutoPipelining
      ? sending
      : sending.catch((error) => explain(error, client));
  };
  const slots = client.isCluster === true;
  const node = { client, slots, send, disconnection: () => disconnectionOf(client) };
  return subscribe ? { ...node, subscribe } : node;
}

/** Refuses what cannot listen: a client over RESP2 as its own subscriber would refuse all else from its first channel on. */
function subscribeOf(client: IoredisClient, subscriber?: IoredisSubscriber): RedisNode["subscribe"] {
  const isItself = subscriber === undefined || (subscriber as object) === client;
  if (isItself && canListen(client)) return subscriberBeside(client);
  if (subscriber === undefined) return undefined;
  const isListener = ["subscribe", "unsubscribe", "on"].every((name) => has(subscriber, name));
  if (isListener && !isItself) return subscriberBy(subscriber);
  throw new TypeError(
    "ioredisNode(client, { subscriber }) expects a second client, such as client.duplicate()",
  );
}

/**
 * Whether a client was closed, and comes back by its user's `connect()` alone. It is asked before a command is handed over: afterwards
 * the same words may be about one that was written, and some clients keep a command for ever.
 */
function isClosed(client: IoredisClient): boolean {
  const { status = "", manuallyClosing = false } = client as { status?: string; manuallyClosing?: boolean };
  // A Cluster goes from "end" to "close" at times, and one that was connecting stays in "disconnecting", a Redis in "reconnecting".
  return status === "end" || (manuallyClosing && /^(close|disconnecting|reconnecting)$/.test(status));
}

/**
 * Marks what a client without an offline queue refused at once, because of its status when it was given the command. (Pipelines that
 * are made by themselves are sent later.)
 */
function explain(error: Error, client: IoredisClient): never {
  const message = String(error?.message);
  if (!message.endsWith("enableOfflineQueue options is false")) throw error;
  const cause = lastErrorOf(client);
  const why = cause ? `: ${reasonOf(cause)}` : "";
  throw refusal(cause && isDenied(cause) ? cause.message : message + why, false, cause ?? error);
}

/** What core takes for the proof that a command was not sent. */
function refusal(message: string, closed: boolean, cause?: Error): Error {
  return Object.assign(new Error(message, cause && { cause }), { notSent: true, closed });
}

/** Why there is no connection; ioredis-mock has no status. */
function disconnectionOf(client: IoredisClient): Error | undefined {
  if (client.status === undefined || client.status === "ready") return undefined;
  const cause = lastErrorOf(client);
  const why = cause ? `: ${reasonOf(cause)}` : "";
  return new Error(`its client is not connected, or not yet${why}`, cause && { cause });
}

function call(client: IoredisClient, name: string, args: string[]): Promise<unknown> {
  return client.call(name, args);
}

/** By the client's own method: ioredis-mock has no `call`. */
async function byMethod(client: IoredisClient, name: string, args: string[]): Promise<unknown> {
  return (client as unknown as Record<string, (...args: string[]) => unknown>)[name]?.(...args);
}

/**
 * In a pipeline of its own. Those that a Cluster makes by itself are refused as a whole up to ioredis 5.10 and iovalkey 0.4: it takes
 * a script's digest for its key there, and puts together what belongs to different servers.
 */
async function alone(client: IoredisClient, name: string, args: string[]): Promise<unknown> {
  const [[error, reply] = [null]] = (await client.pipeline([["call", name, ...args]]).exec()) ?? [];
  if (error) throw error;
  return reply;
}

function has(client: object, method: string): boolean {
  return typeof (client as Record<string, unknown> | null)?.[method] === "function";
}

function checkClient(client: IoredisClient): void {
  // A class is a function, and every function has a `call`: hence the look at the type. The second is ioredis-mock's.
  const isPipeline = "isPipeline" in Object(client);
  if (typeof client !== "object" || isPipeline || !(has(client, "call") || has(client, "evalshaBuffer"))) {
    throw new TypeError("ioredisNode(client) expects a Redis or Cluster of ioredis 5 or 6, or of iovalkey");
  }
  const options = client.options as
    | { stringNumbers?: boolean; redisOptions?: { stringNumbers?: boolean } }
    | undefined;
  if (options?.stringNumbers || options?.redisOptions?.stringNumbers) {
    throw new TypeError(
      "ioredisNode(client) expects a client without stringNumbers, which turns integers into strings",
    );
  }
}

/** Refuses what is no object of options, as `clients.map(ioredisNode)` gives it, and options that there are not. */
function checkOptions(options: object): void {
  if (typeof options !== "object" || !options || Object.keys(options).some((name) => name !== "subscriber"))
    throw new TypeError("ioredisNode(client, options) expects { subscriber } as its options, or none");
}
