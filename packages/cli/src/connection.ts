import { setTimeout as pause } from "node:timers/promises";
import type { RedisNode } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Cluster, Redis } from "ioredis";
import type { NodeUrl } from "./node-urls.ts";
import { messageOf } from "./secrets.ts";
import { Failure, status, usageError } from "./status.ts";

/** A node with its client. */
export interface Connection {
  /** What is shown of it. */
  readonly place: string;
  readonly client: Redis | Cluster;
  readonly node: RedisNode;
  /** Why there is no connection; undefined if there is one, or is not yet known to be none. */
  readonly failure: string | undefined;
}

export interface ConnectOptions {
  /** All URLs are of one Cluster, which is one node. */
  readonly cluster: boolean;
  /** For how many ms a server may stay silent while it is connected to. */
  readonly timeout: number;
}

/** Commands fail at once without a connection, and are never sent twice by the client: core decides what is asked again. */
const settings = {
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // It asks for INFO, which a user may lack; a server that still loads refuses commands by itself.
  enableReadyCheck: false,
  retryStrategy: (times: number) => Math.min(100 * times, 1_000),
  reconnectOnError: ({ message }: Error) => message.startsWith("READONLY"),
} as const;

/** What a connection is opened from: a server, or all of a Cluster. */
class Opening implements Connection {
  readonly place: string;
  readonly client: Redis | Cluster;
  readonly node: RedisNode;
  failure: string | undefined;
  readonly opened: Promise<boolean>;

  constructor(place: string, client: Redis | Cluster, timeout: number) {
    this.place = place;
    this.client = client;
    let last: unknown;
    client.on("error", (error) => {
      last = error.lastNodeError ?? error;
    });
    this.node = nodeOf(client);
    const ends = new AbortController();
    const silence = pause(timeout, `it is silent for ${timeout} ms`, { signal: ends.signal }).catch(
      () => undefined,
    );
    const attempt = client.connect().then(
      () => undefined,
      (error) => messageOf(last ?? error.lastNodeError ?? error),
    );
    this.opened = Promise.race([attempt, silence]).then((failure) => {
      ends.abort();
      this.failure = failure;
      return failure === undefined;
    });
  }
}

function nodeOf(client: Redis | Cluster): RedisNode {
  try {
    return ioredisNode(client);
  } catch (error) {
    client.disconnect();
    throw usageError(messageOf(error));
  }
}

/** Begins to connect to every node. */
export function open(urls: readonly NodeUrl[], { cluster, timeout }: ConnectOptions): readonly Opening[] {
  if (cluster) return [new Opening(urls.map(({ place }) => place).join(), clusterOf(urls, timeout), timeout)];
  return urls.map(
    ({ url, place }) => new Opening(place, new Redis(url, { ...settings, connectTimeout: timeout }), timeout),
  );
}

function clusterOf(urls: readonly NodeUrl[], connectTimeout: number): Cluster {
  const [first] = urls;
  if (first === undefined || !URL.canParse(first.url)) throw usageError("--cluster needs URLs");
  const { protocol, username, password } = new URL(first.url);
  const { lazyConnect, enableOfflineQueue, retryStrategy, ...redisOptions } = settings;
  return new Cluster(
    urls.map(({ url }) => url),
    {
      lazyConnect,
      enableOfflineQueue,
      clusterRetryStrategy: retryStrategy,
      redisOptions: {
        ...redisOptions,
        connectTimeout,
        // The servers that it learns of come without.
        ...(username && { username: decodeURIComponent(username) }),
        ...(password && { password: decodeURIComponent(password) }),
        ...(protocol === "rediss:" && { tls: {} }),
      },
    },
  );
}

/** For how long the slower ones are waited for once a quorum is there. */
const PATIENCE_MS = 300;

/** Waits until every node is connected or failed; or a quorum is connected, and the others had a moment. Throws without a quorum. */
export async function quorumOf(connections: readonly Opening[]): Promise<void> {
  const quorum = Math.floor(connections.length / 2) + 1;
  const all = Promise.all(connections.map(({ opened }) => opened));
  const enough = new Promise<void>((resolve) => {
    let count = 0;
    for (const { opened } of connections)
      void opened.then((isOpen) => isOpen && ++count === quorum && resolve());
  });
  const ends = new AbortController();
  const patience = enough.then(() => pause(PATIENCE_MS, undefined, { signal: ends.signal })).catch(() => {});
  await Promise.race([all, patience]);
  ends.abort();
  const failed = connections.filter(({ failure }) => failure !== undefined);
  if (connections.length - failed.length >= quorum) return;
  const reasons = failed.map(({ place, failure }) => `${place}: ${failure}`).join("; ");
  const missing =
    connections.length === 1
      ? "Redis cannot be reached"
      : `too few nodes can be reached (${quorum} of ${connections.length} are needed)`;
  throw new Failure(status.unavailable, `${missing}: ${reasons}`);
}

/** Waits until every node is connected or failed. */
export async function settled(connections: readonly Opening[]): Promise<void> {
  await Promise.all(connections.map(({ opened }) => opened));
}

/** Ends every connection. */
export function disconnect(connections: readonly Connection[]): void {
  for (const { client } of connections) client.disconnect();
}
