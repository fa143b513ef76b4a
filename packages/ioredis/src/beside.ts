import type { RedisNode } from "@redsync/core";
import { type IoredisSubscriber, subscriberBy } from "./subscriptions.ts";

/** What tells whether a client can listen beside its other work. */
interface Client {
  readonly isCluster?: boolean;
  readonly status?: string;
  readonly options?: object;
  /** What the connection really speaks. */
  readonly condition?: { readonly protocol?: number } | null;
  call?(command: string, args: string[]): Promise<unknown>;
}

/** Whether a client listens through another connection, as a Cluster does, or means to speak RESP3, which keeps messages and replies apart. */
export function canListen(client: Client): boolean {
  const { protocol }: { protocol?: number } = client.options ?? {};
  // ioredis-mock has no `call`.
  return "call" in client && (client.isCluster === true || protocol === 3);
}

/**
 * What subscribes through the client that sends the commands as well. Where a server knows no RESP3, ioredis falls back to RESP2 by
 * itself, and would refuse all commands then: it rejects instead.
 */
export function subscriberBeside(client: Client): NonNullable<RedisNode["subscribe"]> {
  const isBusy = !client.isCluster;
  const subscribe = subscriberBy(client as Client & IoredisSubscriber, isBusy);
  if (!isBusy) return subscribe;
  return async (channel, onMessage) => {
    // What it speaks is known once it is connected.
    if (client.status !== "ready") await client.call?.("ping", []);
    if (client.condition?.protocol !== 3) throw new Error("its client listens only over RESP3");
    return subscribe(channel, onMessage);
  };
}
