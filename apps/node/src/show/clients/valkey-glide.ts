import { glideNode } from "@redsync/valkey-glide";
import { GlideClient, Logger } from "@valkey/valkey-glide";
import type { Open } from "../open.ts";

// It would warn of every script that a server does not know yet.
Logger.setLoggerConfig("off");

export const open: Open = async ({ protocol, username, password, hostname, port, pathname }) => {
  const [user, secret] = [username, password].map(decodeURIComponent);
  const client = await GlideClient.createClient({
    // A URL has an IPv6 address in brackets.
    addresses: [{ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 6379) }],
    useTLS: protocol === "rediss:",
    ...(secret && { credentials: { username: user || "default", password: secret } }),
    databaseId: Number(pathname.slice(1)),
    // Connects with the first command, and again with one that comes when the server is back.
    lazyConnect: true,
    advancedConfiguration: { connectionTimeout: 5_000 },
    // A lock's own deadlines are shorter.
    requestTimeout: 5_000,
  });
  return {
    node: glideNode(client, { subscriber: client }),
    connect: async () => {},
    close: () => client.close(),
  };
};
