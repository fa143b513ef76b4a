import { Redis } from "ioredis";
import { place } from "./servers.ts";

/** A server and a client of it; `failure` says why the client has no connection yet. */
export interface Connection {
  readonly client: Redis;
  readonly place: string;
  readonly failure: string | null;
}

const PATIENCE_MS = 2_000;

/**
 * A client whose commands reject when the server is silent: for the seats, which nobody else can answer for.
 *
 * Resolves in both cases: a client that failed goes on trying, and refuses commands meanwhile.
 */
export function connect(url: URL): Promise<Connection> {
  return open(url, PATIENCE_MS);
}

/** A client for a node: it leaves it to the lock how long a silent server is waited for. */
export function connectNode(url: URL): Promise<Connection> {
  return open(url, undefined);
}

async function open(url: URL, commandTimeout: number | undefined): Promise<Connection> {
  const client = new Redis(url.href, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout,
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
    await answered(client);
    failure = null;
  } catch (error) {
    failure ??= (error as Error).message;
  }
  return { client, place: place(url), failure };
}

async function answered(client: Redis): Promise<void> {
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => silence.reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
  try {
    await Promise.race([client.connect().then(() => client.ping()), silence.promise]);
  } finally {
    clearTimeout(timer);
  }
}
