import type { RedisNode, Reply } from "@redsync/core";
import { isDenied, lastErrorOf, listenTo, reasonOf } from "./last-error.ts";

/** What is called of an ioredis `Redis` or `Cluster`, or of iovalkey's. */
export interface IoredisClient {
  call(command: string, args: string[]): Promise<unknown>;
  pipeline(commands?: string[][]): { exec(): Promise<[error: Error | null, reply?: unknown][] | null> };
  readonly isCluster?: boolean;
  readonly status?: string;
  readonly options?: object;
}

/** What is called of a client that only listens: `client.duplicate()`. */
export interface IoredisSubscriber {
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: "message", listener: (channel: string, message: string) => void): unknown;
  off(event: "message", listener: (channel: string, message: string) => void): unknown;
}

/** Options of `ioredisNode`. */
export interface IoredisOptions {
  /**
   * A second client that only listens, such as `client.duplicate()`: a client that has subscribed can do nothing else. You
   * open and close it, as you do the first. Default: none. Core makes no use of it yet.
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
 * @throws `TypeError` for anything that is no such client, and for one with `stringNumbers`, whose integers are strings.
 *
 * @example
 * ```ts
 * const redsync = new Redsync(ioredisNode(new Redis()));
 * ```
 */
export function ioredisNode(client: IoredisClient, options: IoredisOptions = {}): RedisNode {
  checkClient(client);
  listenTo(client);
  const { enableAutoPipelining = false }: { enableAutoPipelining?: boolean } = client.options ?? {};
  const direct = "call" in client ? call : byMethod;
  const sendBy = client.isCluster && enableAutoPipelining ? alone : direct;
  // In lower case, because iovalkey finds a command's keys (for `keyPrefix` and Cluster slots) by that name alone.
  const send: RedisNode["send"] = ([name, ...args]) => {
    const { status } = client;
    const sending = sendBy(client, name.toLowerCase(), args) as Promise<Reply>;
    return status === "ready" || enableAutoPipelining
      ? sending
      : sending.catch((error) => explain(error, status, client));
  };
  const { subscriber } = options;
  const slots = client.isCluster === true;
  const node = { client, slots, send, disconnection: () => disconnectionOf(client) };
  return subscriber === undefined ? node : { ...node, subscribe: listenerOf(subscriber) };
}

/**
 * Marks what a client refused at once, because of its status when it was given the command: later on the same words may be about
 * one that was written, and is to be sent again. (Pipelines that are made by themselves are sent later.)
 */
function explain(error: Error, status: string | undefined, client: IoredisClient): never {
  const message = String(error?.message);
  // A Cluster that was closed goes from "end" to "close", and stays there.
  const closed = status === "end" || status === "close";
  const isRefused =
    message.endsWith("enableOfflineQueue options is false") ||
    (status === "end" && message === "Connection is closed.");
  if (!isRefused) throw error;
  const cause = closed ? undefined : lastErrorOf(client);
  const why = cause ? `: ${reasonOf(cause)}` : "";
  const text = cause && isDenied(cause) ? cause.message : message + why;
  throw Object.assign(new Error(text, { cause: cause ?? error }), { notSent: true, closed });
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

function checkClient(client: IoredisClient): void {
  const has = (name: string) =>
    typeof (client as object as Record<string, unknown> | null)?.[name] === "function";
  // A class is a function, and every function has a `call`: hence the look at the type. The second is ioredis-mock's.
  if (typeof client !== "object" || !(has("call") || has("evalshaBuffer"))) {
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

function listenerOf(subscriber: IoredisSubscriber): NonNullable<RedisNode["subscribe"]> {
  const listening = new Map<string, number>();
  const leave = async (channel: string, listener: (channel: string, message: string) => void) => {
    subscriber.off("message", listener);
    const others = (listening.get(channel) ?? 0) - 1;
    listening.set(channel, others);
    if (others > 0) return;
    listening.delete(channel);
    await subscriber.unsubscribe(channel);
  };
  return async (channel, onMessage) => {
    const listener = (from: string, message: string) => {
      if (from === channel) onMessage(message);
    };
    subscriber.on("message", listener);
    listening.set(channel, (listening.get(channel) ?? 0) + 1);
    try {
      await subscriber.subscribe(channel);
    } catch (error) {
      await leave(channel, listener).catch(() => {});
      throw error;
    }
    let left: Promise<void> | undefined;
    return () => {
      left ??= leave(channel, listener);
      return left;
    };
  };
}
