import type { RedisNode } from "@redsync/core";

/** What is called of a `GlideClient` or a `GlideClusterClient` that listens. */
export interface GlideSubscriber {
  subscribeLazy(channels: string[]): Promise<void>;
  unsubscribeLazy(channels: string[]): Promise<void>;
  getSubscriptions(): Promise<{ actualSubscriptions: { 0?: Iterable<unknown> } }>;
  getPubSubMessage(): Promise<{ channel: unknown; message: unknown }>;
}

type Subscribe = NonNullable<RedisNode["subscribe"]>;

/** For how long the server's word on a channel is waited for. */
const CONFIRMED_MS = 10_000;
/** Between two looks for it, which ask GLIDE alone and not the server. */
const PAUSE_MS = 20;

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
  // One after another: who is overtaken on a channel would wait in vain. And GLIDE asks for all that is wanted in one command, which
  // a server refuses as a whole.
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

  const leave = async (channel: string, hearer: (message: string) => void) => {
    const hearers = channels.get(channel);
    if (!hearers?.delete(hearer) || hearers.size > 0) return;
    channels.delete(channel);
    await client.unsubscribeLazy([channel]);
    await confirmed(client, channel, false);
  };

  const enter = async (channel: string, hearer: (message: string) => void) => {
    const hearers = channels.get(channel) ?? new Set();
    channels.set(channel, hearers.add(hearer));
    failure = undefined;
    void hear();
    try {
      await client.subscribeLazy([channel]);
      if (failure) throw failure;
      await confirmed(client, channel, true);
    } catch (error) {
      // In the same turn: a channel that is refused would be asked for together with the next one.
      await leave(channel, hearer).catch(() => {});
      throw error;
    }
  };

  return async (channel, onMessage) => {
    // A function of its own: the same `onMessage` may listen twice.
    const hearer = (message: string) => onMessage(message);
    await inTurn(() => enter(channel, hearer));
    let left: Promise<void> | undefined;
    return () => {
      left ??= inTurn(() => leave(channel, hearer));
      return left;
    };
  };
}

/**
 * Resolves once GLIDE knows from the server that it is subscribed to the channel, or not any more. GLIDE can wait for that by itself, but
 * sends its command again and again meanwhile, without a pause: thousands of times a second to a server that refuses it. What is
 * merely wanted it sends once, and then every five seconds.
 */
async function confirmed(client: GlideSubscriber, channel: string, isWanted: boolean): Promise<void> {
  const end = performance.now() + CONFIRMED_MS;
  for (;;) {
    // Asked before the last look: whatever stood still meanwhile may have its answer by now.
    const isLast = performance.now() > end;
    const { 0: names = [] } = (await client.getSubscriptions()).actualSubscriptions;
    if ([...names].map(String).includes(channel) === isWanted) return;
    if (isLast) throw new Error(`the server has not confirmed it within ${CONFIRMED_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function checkSubscriber(client: GlideSubscriber & { config?: { protocol?: number } }): void {
  if (typeof client?.subscribeLazy !== "function" || typeof client.getPubSubMessage !== "function") {
    throw new TypeError("glideNode(client, { subscriber }) expects a client of Valkey GLIDE 2.3 or later");
  }
  // `ProtocolVersion.RESP2`: such a client takes what it hears for the replies to its commands.
  if (client.config?.protocol === 1) {
    throw new TypeError("glideNode(client, { subscriber }) expects a client that speaks RESP3");
  }
}
