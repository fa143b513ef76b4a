import type { RedisNode } from "@redsync/core";

/** What is called of a client, cluster or sentinel that listens. */
export interface NodeRedisSubscriber {
  subscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: unknown) => void): Promise<unknown>;
}

interface Options {
  readonly RESP?: number;
  readonly maintNotifications?: string;
}

/**
 * Whether a client listens through another connection, as a cluster and a sentinel do, or speaks RESP3, which keeps messages and
 * replies apart. What is spoken by default hangs on the version, which a client does not say; but it lets nobody have its
 * notifications of maintenance without RESP3.
 */
function canListen(client: object): client is NodeRedisSubscriber {
  if (!("subscribe" in client)) return false;
  if ("nodeClient" in client || "getSentinelNode" in client) return true;
  const { RESP, maintNotifications = "disabled" } = (client as { options?: Options }).options ?? {};
  return RESP === 3 || (RESP === undefined && maintNotifications !== "disabled");
}

/** For each client, however many nodes there are over it, when the last one who came or left is done. */
const turns = new WeakMap<NodeRedisSubscriber, Promise<unknown>>();

/**
 * One after another: a cluster or a sentinel closes its connection when the last listener leaves, and rejects if two leave at once.
 * Held by the case "a node keeps channels and listeners apart".
 */
function inTurn(client: NodeRedisSubscriber, act: () => Promise<unknown>): Promise<void> {
  const done = Promise.resolve(turns.get(client)).then(act);
  turns.set(
    client,
    done.catch(() => {}),
  );
  return done.then(() => {});
}

/** What subscribes through a client, beside its user: node-redis itself keeps listeners apart, and subscribes again. */
function subscriberBy(client: NodeRedisSubscriber): NonNullable<RedisNode["subscribe"]> {
  return async (channel, onMessage) => {
    let left: Promise<void> | undefined;
    // A function of its own: node-redis counts one function that subscribes twice as one listener. If its connection breaks while the
    // channel is left, it subscribes again for it.
    const listener = (message: unknown) => {
      if (left === undefined) onMessage(message as string);
    };
    await inTurn(client, () => client.subscribe(channel, listener));
    return () => {
      left ??= inTurn(client, () => client.unsubscribe(channel, listener));
      return left;
    };
  };
}

/**
 * What subscribes for a client: its subscriber, or by default the client itself if it can. Refuses what cannot listen: a client over RESP2
 * as its own subscriber would refuse all else from its first channel on.
 */
export function subscribeOf(client: object, subscriber?: NodeRedisSubscriber): RedisNode["subscribe"] {
  if (subscriber === undefined) return canListen(client) ? subscriberBy(client) : undefined;
  const { subscribe, unsubscribe }: Partial<NodeRedisSubscriber> = Object(subscriber);
  const isListener = typeof subscribe === "function" && typeof unsubscribe === "function";
  if (isListener && (subscriber !== client || canListen(client))) return subscriberBy(subscriber);
  throw new TypeError(
    "nodeRedisNode(client, { subscriber }) expects a second client, such as await client.duplicate().connect(), or a client with RESP: 3",
  );
}
