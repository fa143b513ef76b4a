import type { RedisNode } from "@redsync/core";

/** What is called of a client that listens. */
export interface IoredisSubscriber {
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: "message", listener: (channel: string, message: string) => void): unknown;
  off(event: "message", listener: (channel: string, message: string) => void): unknown;
}

type Subscribe = NonNullable<RedisNode["subscribe"]>;

interface Condition {
  /** What the connection really speaks, as far as the client knows more than one. */
  readonly protocol?: number;
  readonly subscriber?:
    | false
    | { channels(kind: "subscribe"): string[]; del(kind: "subscribe", channel: string): void };
}

/** What a connection has subscribed to. */
interface Connection {
  /** Of the connection that is there. */
  readonly condition?: Condition | null;
  /** Of the one that was lost, until the client is ready again. */
  readonly prevCondition?: Condition | null;
}

interface Emitter extends Connection {
  on(event: "close" | "ready", listener: () => void): unknown;
  off(event: "close" | "ready", listener: () => void): unknown;
  /** A Cluster's connection that listens; it may have none. */
  readonly subscriber?: { getInstance?(): Connection | null };
}

/** A channel that somebody hears, or has just left. */
interface Channel {
  readonly hearers: Set<(message: string) => void>;
  /** Whether the client listened to it before, for its user. */
  readonly isUsers: boolean;
  /** How many times it is being left. */
  leaving: number;
}

/** One for each client, however many nodes there are over it: Redis knows no more than that a connection listens. */
const known = new WeakMap<IoredisSubscriber, Subscribe>();

/** Those that send commands as well. */
const busy = new WeakSet<object>();

/** What subscribes through a client, beside its user; `isBusy` if commands go over the same connection. */
export function subscriberBy(client: IoredisSubscriber, isBusy = false): Subscribe {
  const subscribe = known.get(client) ?? create(client as IoredisSubscriber & Emitter);
  known.set(client, subscribe);
  if (isBusy) busy.add(client);
  return subscribe;
}

function create(client: IoredisSubscriber & Emitter): Subscribe {
  const channels = new Map<string, Channel>();

  const hear = (channel: string, message: string) => {
    for (const each of channels.get(channel)?.hearers ?? []) each(message);
  };
  // ioredis subscribes again by itself too, but does not look what comes of it: if that fails, which `maxRetriesPerRequest: 0`
  // lets happen, nobody catches the rejection, and it ends the process. So what is ours is taken out of what it remembers.
  const forget = () => {
    const { subscriber } = client.prevCondition ?? {};
    for (const [channel, { isUsers }] of channels) {
      if (subscriber && !isUsers) subscriber.del("subscribe", channel);
    }
  };
  const renew = () => {
    // Over RESP2, which it may have fallen back to on another server, it could do nothing else any more.
    if (busy.has(client) && client.condition?.protocol !== 3) return;
    for (const [channel, { isUsers, hearers }] of channels) {
      if (!isUsers && hearers.size > 0) client.subscribe(channel).catch(() => {});
    }
  };

  /** One of each for all channels: an emitter warns of more than ten. */
  const listen = (how: "on" | "off") => {
    client[how]("message", hear);
    client[how]("close", forget);
    client[how]("ready", renew);
  };

  const enter = (name: string): Channel => {
    if (channels.size === 0) listen("on");
    const channel = { hearers: new Set<never>(), isUsers: isSubscribed(client, name), leaving: 0 };
    channels.set(name, channel);
    return channel;
  };

  const leave = async (name: string, channel: Channel) => {
    channel.leaving++;
    try {
      if (!channel.isUsers) await client.unsubscribe(name);
    } finally {
      channel.leaving--;
      // Not before: the channel would pass for the user's as long as the server has not answered.
      if (channel.hearers.size + channel.leaving === 0) channels.delete(name);
      if (channels.size === 0) listen("off");
    }
  };

  return async (name, onMessage) => {
    const channel = channels.get(name) ?? enter(name);
    // A function of its own: the same `onMessage` may listen twice.
    const hearer = (message: string) => onMessage(message);
    channel.hearers.add(hearer);
    const end = async () => {
      channel.hearers.delete(hearer);
      if (channel.hearers.size === 0) await leave(name, channel);
    };
    try {
      await client.subscribe(name);
    } catch (error) {
      await end().catch(() => {});
      throw error;
    }
    let left: Promise<void> | undefined;
    return () => {
      left ??= end();
      return left;
    };
  };
}

/** Whether it listens to the channel already. */
function isSubscribed(client: Emitter, channel: string): boolean {
  const { prevCondition, condition } = client.subscriber?.getInstance?.() ?? client;
  const { subscriber } = prevCondition ?? condition ?? {};
  return subscriber ? subscriber.channels("subscribe").includes(channel) : false;
}
