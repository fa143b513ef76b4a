import { type GlideClient, type GlideSubscriber, glideNode } from "@redsync/valkey-glide";
import { Logger } from "@valkey/valkey-glide";
import type { Connected } from "./connected.ts";

// It warns of every error that a server replies with, and the cases provoke many.
Logger.setLoggerConfig("off");

/** Longer than a round's deadline, which is the lock's to keep; and a machine that stands still for seconds connects, too. */
export const patience = {
  requestTimeout: 60_000,
  advancedConfiguration: { connectionTimeout: 60_000 },
} as const;

/** A client of GLIDE as a node, which listens beside its other work. */
export function throughGlide(client: GlideClient & GlideSubscriber & { close(): void }): Connected {
  return { node: glideNode(client, { subscriber: client }), close: () => client.close() };
}
