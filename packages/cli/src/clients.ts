import { Cluster, Redis } from "ioredis";
import type { Certificate } from "./certificate.ts";
import type { NodeUrl } from "./node-urls.ts";
import { messageOf } from "./secrets.ts";
import { usageError } from "./status.ts";

/** What is the same for the clients of all nodes. */
export interface ClientOptions {
  /** For how many ms a server may stay silent while it is connected to. */
  readonly timeout: number;
  /** What this program shows to servers that ask for a certificate. */
  readonly certificate: Certificate;
  /** Whether it connects anew when a server says that it has become a replica: its address may lead to the new primary by now. */
  readonly followsPrimary: boolean;
}

/** Commands fail at once without a connection, and are never sent twice by the client: core decides what is asked again. */
const settings = {
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // It asks for INFO, which a user may lack; a server that still loads refuses commands by itself.
  enableReadyCheck: false,
  retryStrategy: (times: number) => Math.min(100 * times, 1_000),
} as const;

/** While it connects, a client refuses commands, with words that do not say READONLY: so it does not do it each time. */
const RECONNECT_MS = 2_000;

function onceInAWhile(): (error: Error) => boolean {
  let last = -Infinity;
  return ({ message }) => {
    if (!message.startsWith("READONLY") || performance.now() - last < RECONNECT_MS) return false;
    last = performance.now();
    return true;
  };
}

/** A Sentinel that is silent for longer is passed over. */
const SENTINEL_MS = 1_000;

/** The client of a server. */
export function redisOf(
  { url, isTls, sentinel }: NodeUrl,
  { timeout, certificate, followsPrimary }: ClientOptions,
): Redis {
  const options = {
    ...settings,
    connectTimeout: timeout,
    ...(isTls && { tls: certificate }),
    ...(followsPrimary && { reconnectOnError: onceInAWhile() }),
  };
  if (sentinel === undefined) return new Redis(url, options);
  return new Redis({
    ...options,
    ...sentinel,
    ...(isTls && { enableTLSForSentinelMode: true, sentinelTLS: certificate }),
    sentinelCommandTimeout: Math.min(SENTINEL_MS, timeout),
    sentinelRetryStrategy: settings.retryStrategy,
  });
}

/** ioredis goes on asking Sentinels for ever. Resolves to what they said once all have been asked. */
export function askedInVain(client: Redis | Cluster): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    client.on("sentinelError", (error) => {
      said = messageOf(error);
    });
    client.on("error", ({ message }: Error) => {
      if (message.startsWith("All sentinels are unreachable")) resolve(said);
    });
  });
}

/** The client of a Cluster, by some of its servers. */
export function clusterOf(urls: readonly NodeUrl[], { timeout, certificate }: ClientOptions): Cluster {
  const [first] = urls;
  if (first === undefined || urls.some(({ url, sentinel }) => sentinel !== undefined || !URL.canParse(url)))
    throw usageError("--cluster needs URLs of servers");
  const { username, password, searchParams } = new URL(first.url);
  const keyPrefix = searchParams.get("keyPrefix");
  const { lazyConnect, enableOfflineQueue, retryStrategy, ...redisOptions } = settings;
  return new Cluster(
    urls.map(({ url }) => url),
    {
      lazyConnect,
      enableOfflineQueue,
      clusterRetryStrategy: retryStrategy,
      redisOptions: {
        ...redisOptions,
        connectTimeout: timeout,
        // The servers that it learns of come without.
        ...(username && { username: decodeURIComponent(username) }),
        ...(password && { password: decodeURIComponent(password) }),
        ...(keyPrefix && { keyPrefix }),
        ...(first.isTls && { tls: certificate }),
      },
    },
  );
}
