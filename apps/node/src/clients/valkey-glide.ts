import { glideNode } from "@redsync/valkey-glide";
import { GlideClient, Logger } from "@valkey/valkey-glide";
import type { Open } from "../clients.ts";

// It would warn of every script that a server does not know yet.
Logger.setLoggerConfig("off");

export const open: Open = async (url, { patience }) => {
  const { hostname, port, username, password, protocol } = url;
  const client = await GlideClient.createClient({
    // A URL has an IPv6 address in brackets.
    addresses: [{ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 6379) }],
    useTLS: protocol === "rediss:",
    ...(password && {
      credentials: {
        username: decodeURIComponent(username) || "default",
        password: decodeURIComponent(password),
      },
    }),
    databaseId: Number(url.pathname.slice(1) || 0),
    // Connects with the first command, and again with one that comes when the server is back.
    lazyConnect: true,
    advancedConfiguration: { connectionTimeout: patience },
    // A lock's own deadlines are shorter.
    requestTimeout: patience,
  });
  return { node: glideNode(client), connect: async () => {}, close: () => client.close() };
};
