import { Redis } from "ioredis";
import { place } from "./servers.ts";

/** A server and a client of it; `failure` says why the client has no connection yet. */
export interface Connection {
  readonly client: Redis;
  readonly place: string;
  readonly failure: string | null;
}

/** Connects to a server, and resolves in both cases: a client that failed goes on trying, and refuses commands meanwhile. */
export async function connect(url: URL): Promise<Connection> {
  const client = new Redis(url.href, {
    lazyConnect: true,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    // The timer that ends a socket runs on where the socket has ended already, and keeps the process that long.
    disconnectTimeout: 200,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 500,
  });
  let failure: string | null = null;
  // The rejection of connect() says no more than that the connection is closed; the event says why.
  client.on("error", (error: NodeJS.ErrnoException) => {
    failure = error.message || error.code || "unknown error";
  });
  try {
    await client.connect();
    await client.ping();
    failure = null;
  } catch (error) {
    failure ??= (error as Error).message;
  }
  return { client, place: place(url), failure };
}
