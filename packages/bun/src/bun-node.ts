import type { RedisNode, Reply } from "@redsync/core";

/** What is called of Bun's `RedisClient`. */
export interface BunClient {
  send(command: string, args: string[]): Promise<unknown>;
  readonly connected?: boolean;
}

/** What is called of a client that only listens: `await client.duplicate()`. */
export interface BunSubscriber {
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
}

/** For how long the server's word on a channel is waited for. */
const CONFIRMED_MS = 10_000;

/** Options of `bunNode`. */
export interface BunOptions {
  /**
   * A second client that only listens to channels, such as `await client.duplicate()`: a client of Bun that has subscribed refuses most
   * other commands, so the first cannot do both. You open and close it, as you do the first. Default: none; the node does not
   * listen then, and waiting for a lock relies on timed retries.
   *
   * It has to serve redsync alone. If a server refuses a channel (`NOPERM`) to a client that has subscribed to another one, Bun gives up
   * the connection, and with it all that you listen to there, until you call `connect()`.
   *
   * A client of Bun (1.4) that has lost its connection connects again, but does not subscribe again, and does not say so. Core subscribes
   * again when nobody was called for half a minute. Until then the node takes whoever waits in this process for dead: they ask by
   * themselves, once in a quarter of an expiry, and others are served before them. If that is too long for you, use another client, such as
   * ioredis.
   */
  readonly subscriber?: BunSubscriber;
}

/**
 * A `RedisClient` that is built into Bun as a node.
 *
 * The client stays yours: connect it, close it. The signal of a command cannot stop it; the command stays in its queue.
 *
 * @throws `TypeError` for anything that is no such client, for a `subscriber` that cannot listen, and for unknown options.
 *
 * @example
 * ```ts
 * const redsync = new Redsync(bunNode(new RedisClient()));
 * ```
 */
export function bunNode(client: BunClient, options: BunOptions = {}): RedisNode {
  checkClient(client);
  checkOptions(options);
  const send: RedisNode["send"] = ([name, ...args]) =>
    client.send(name, args).catch(explain) as Promise<Reply>;
  const { subscriber } = options;
  const node = { client, send, disconnection: () => disconnectionOf(client) };
  if (subscriber === undefined) return node;
  checkSubscriber(client, subscriber);
  return { ...node, subscribe: listenerOf(subscriber) };
}

function disconnectionOf({ connected }: BunClient): Error | undefined {
  return connected === false ? new Error("its client is not connected, or not yet") : undefined;
}

/** What Bun says before it has written anything. Of a command that was under way it says something else. */
const NOT_SENT = /^Connection (is closed and offline queue is disabled|has failed)$/;

function explain(error: Error): never {
  if (!NOT_SENT.test(error?.message)) throw error;
  // It has given up by then, and goes on only if somebody calls connect().
  const closed = error.message.endsWith("has failed");
  throw Object.assign(new Error(error.message, { cause: error }), { notSent: true, closed });
}

function checkClient(client: BunClient & { get?: unknown }): void {
  // Nodes and sockets have a `send` too, and no `get`.
  if (typeof client !== "object" || typeof client?.send !== "function" || typeof client.get !== "function") {
    throw new TypeError("bunNode(client) expects a RedisClient of Bun");
  }
}

/** Refuses what cannot listen, such as the promise of a client, and the first client, which could do little else then. */
function checkSubscriber(client: object, subscriber: BunSubscriber): void {
  const { subscribe, unsubscribe }: Partial<BunSubscriber> = Object(subscriber);
  if (subscriber === client || typeof subscribe !== "function" || typeof unsubscribe !== "function")
    throw new TypeError(
      "bunNode(client, { subscriber }) expects a second client, such as await client.duplicate()",
    );
}

function listenerOf(subscriber: BunSubscriber): NonNullable<RedisNode["subscribe"]> {
  return async (channel, onMessage) => {
    let isRefused = false;
    // A function of its own: Bun tells listeners apart by identity, and the same `onMessage` may listen twice. It keeps one whose channel
    // was refused, and calls it once somebody else may listen.
    const listener = (message: string) => {
      if (!isRefused) onMessage(message);
    };
    const end = () => subscriber.unsubscribe(channel, listener).then(() => {});
    const subscribing = subscriber.subscribe(channel, listener);
    try {
      await confirmed(subscribing);
    } catch (error) {
      isRefused = true;
      // If it is confirmed late, nobody wants it.
      subscribing.then(end).catch(() => {});
      throw error;
    }
    let left: Promise<void> | undefined;
    return () => {
      left ??= end();
      return left;
    };
  };
}

/** Rejects in time, too, where Bun says nothing: if a server refuses a channel to a client that has others, Bun gives up the connection. */
function confirmed(subscribing: Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = new Error(`the server has not confirmed it within ${CONFIRMED_MS} ms`);
    const timer: { unref?(): unknown } | number = setTimeout(reject, CONFIRMED_MS, late);
    // No program is to go on for it.
    Object(timer).unref?.();
    subscribing.then(resolve, reject).finally(() => clearTimeout(timer as number));
  });
}

/** Refuses what is no object of options, as `clients.map(bunNode)` gives it, and options that there are not. */
function checkOptions(options: object): void {
  if (typeof options !== "object" || !options || Object.keys(options).some((name) => name !== "subscriber"))
    throw new TypeError("bunNode(client, options) expects { subscriber } as its options, or none");
}
