import type { RedisNode } from "@redsync/core";

/** What is called of a `GlideClient` or a `GlideClusterClient` that listens. */
export interface GlideSubscriber {
  subscribe(channels: string[], timeoutMs: number): Promise<void>;
  unsubscribe(channels: string[], timeoutMs: number): Promise<void>;
  getPubSubMessage(): Promise<{ channel: unknown; message: unknown }>;
}

type Subscribe = NonNullable<RedisNode["subscribe"]>;

/** One for each client, however many nodes there are over it: it gives a message once. */
const known = new WeakMap<GlideSubscriber, Subscribe>();

/** What subscribes through a client, and takes its messages. */
export function subscriberBy(client: GlideSubscriber): Subscribe {
  checkSubscriber(client);
  const subscribe = known.get(client) ?? create(client);
  known.set(client, subscribe);
  return subscribe;
}

function create(client: GlideSubscriber): Subscribe {
  const channels = new Map<string, Set<(message: string) => void>>();
  let isHearing = false;
  let failure: unknown;
  // One after another: who waits for the server's word on one channel would wait for ever if it is overtaken.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    const done = turn.then(act);
    turn = done.catch(() => {});
    return done;
  };

  /** It ends with the client, or with the first message after everybody has left: what was asked for cannot be taken back. */
  const hear = async () => {
    if (isHearing) return;
    isHearing = true;
    try {
      do {
        const { channel, message } = await client.getPubSubMessage();
        const hearers = channels.get(String(channel)) ?? new Set();
        // What a listener throws is the runtime's to report, and must not end the hearing.
        for (const each of hearers) queueMicrotask(() => hearers.has(each) && each(String(message)));
      } while (channels.size > 0);
    } catch (error) {
      failure = error;
    }
    isHearing = false;
  };

  const enter = async (channel: string, hearer: (message: string) => void) => {
    const hearers = channels.get(channel) ?? new Set();
    channels.set(channel, hearers.add(hearer));
    failure = undefined;
    void hear();
    // Zero: without a timeout.
    await client.subscribe([channel], 0);
    if (failure) throw failure;
  };

  const leave = async (channel: string, hearer: (message: string) => void) => {
    const hearers = channels.get(channel);
    if (!hearers?.delete(hearer) || hearers.size > 0) return;
    channels.delete(channel);
    await client.unsubscribe([channel], 0);
  };

  return async (channel, onMessage) => {
    // A function of its own: the same `onMessage` may listen twice.
    const hearer = (message: string) => onMessage(message);
    try {
      await inTurn(() => enter(channel, hearer));
    } catch (error) {
      await inTurn(() => leave(channel, hearer)).catch(() => {});
      throw error;
    }
    let left: Promise<void> | undefined;
    return () => {
      left ??= inTurn(() => leave(channel, hearer));
      return left;
    };
  };
}

function checkSubscriber(client: GlideSubscriber & { config?: { protocol?: number } }): void {
  if (typeof client?.subscribe !== "function" || typeof client.getPubSubMessage !== "function") {
    throw new TypeError("glideNode(client, { subscriber }) expects a client of Valkey GLIDE 2.3 or later");
  }
  // `ProtocolVersion.RESP2`: such a client takes what it hears for the replies to its commands.
  if (client.config?.protocol === 1) {
    throw new TypeError("glideNode(client, { subscriber }) expects a client that speaks RESP3");
  }
}
