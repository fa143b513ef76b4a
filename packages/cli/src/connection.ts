import { setTimeout as pause } from "node:timers/promises";
import type { RedisNode } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import type { Cluster, Redis } from "ioredis";
import { askedInVain, type ClientOptions, clusterOf, redisOf } from "./clients.ts";
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

/** What a connection is opened from: a server, or all of a Cluster. */
class Opening implements Connection {
  readonly place: string;
  readonly client: Redis | Cluster;
  readonly node: RedisNode;
  failure: string | undefined;
  readonly opened: Promise<boolean>;

  constructor(place: string, client: Redis | Cluster, timeout: number, isTls?: boolean) {
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
    this.opened = Promise.race([attempt, silence, askedInVain(client)]).then((failure) => {
      ends.abort();
      this.failure = failure && withHint(failure, isTls);
      return failure === undefined;
    });
  }
}

/**
 * Of two that do not agree about TLS, one waits for the other, or ends the connection. For a Cluster or a Sentinel, of which ioredis says
 * at any failure that the connection is closed, `isTls` is undefined.
 */
function withHint(failure: string, isTls: boolean | undefined): string {
  if (isTls === undefined) return failure;
  if (isTls) return failure.startsWith("it is silent") ? `${failure} (redis:// is without TLS)` : failure;
  return /ECONNRESET|EPIPE|Connection is closed/.test(failure)
    ? `${failure} (rediss:// is with TLS)`
    : failure;
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
export function open(
  urls: readonly NodeUrl[],
  { cluster, ...options }: ClientOptions & { readonly cluster: boolean },
): readonly Opening[] {
  const { timeout } = options;
  if (cluster) return [new Opening(urls.map(({ place }) => place).join(), clusterOf(urls, options), timeout)];
  return urls.map((url) => {
    const isTls = url.sentinel ? undefined : url.isTls;
    return new Opening(url.place, redisOf(url, options), timeout, isTls);
  });
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
