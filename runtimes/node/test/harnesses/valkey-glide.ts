import { type GlideClient, glideNode } from "@redsync/valkey-glide";
import { Logger } from "@valkey/valkey-glide";
import type { Connected } from "./connected.ts";

// It warns of every error that a server replies with, and the cases provoke many.
Logger.setLoggerConfig("off");

/** Longer than a round's deadline, which is the lock's to keep; and a machine that stands still for seconds connects, too. */
export const patience = {
  requestTimeout: 60_000,
  advancedConfiguration: { connectionTimeout: 60_000 },
} as const;

/** Why the cases of subscriptions are left out. */
export const lacks = {
  subscribe: "GLIDE gives messages to whoever asks next, and has no listeners of a channel",
};

/** A client of GLIDE as a node. */
export function throughGlide(client: GlideClient & { close(): void }): Connected {
  return { node: glideNode(client), close: () => client.close() };
}
