import type { RedisNode } from "@redsync/core";
import { senderTo, type UpstashDatabase } from "./rest.ts";
import { listenerTo } from "./subscribe.ts";

/** A `Redis` of `@upstash/redis`, recognised by one of its methods. None is called; only its URL and token are read. */
export interface UpstashRedis {
  createScript(script: string): unknown;
}

/** The variables that Upstash's console sets, and those that Vercel's integration sets. */
export interface UpstashEnv {
  readonly UPSTASH_REDIS_REST_URL?: string | undefined;
  readonly UPSTASH_REDIS_REST_TOKEN?: string | undefined;
  readonly KV_REST_API_URL?: string | undefined;
  readonly KV_REST_API_TOKEN?: string | undefined;
}

/** `process.env`. Frameworks such as Next.js declare variables of their own in its type, and then it is no `UpstashEnv` to TypeScript. */
type ProcessEnv = Readonly<Record<string, string | undefined>>;

/** Options of `upstashNode` and `upstashNodeFromEnv`. */
export interface UpstashOptions {
  /**
   * Whether the node listens to channels, so that waiting for a lock may end earlier than at its next retry. Default: false, because
   * it may cost you money: as long as somebody waits, a request for each channel and node stays open (server-sent
   * events), which counts as a connection and, in what bills by time, such as a function, as time.
   *
   * A request whose response ends by itself is made again after a second, and then after twice as long each time, up to 30 seconds, until
   * one lasts for longer than that; and no more once nobody has waited for a minute, or `redsync.close()` was called. A first request
   * that the database does not confirm is ended after 10 seconds, and so it may outlast `redsync.close()` by as long; whoever
   * waits 10 seconds later makes another one. Until it is confirmed nobody is called: waiters ask by themselves, the first of them in a
   * quarter of an expiry. Where nobody was called for half a minute, though somebody waits, core ends the request and makes another one.
   */
  readonly listen?: boolean;
}

/**
 * An Upstash database as a node, over its REST API by `fetch` alone. A command is one request, and has all that the database is asked
 * in one turn of the event loop. The signal of a command cancels its request.
 *
 * Of a `Redis` of `@upstash/redis` only the URL and the token are used: its retries, its parsing of replies and its signal,
 * which makes commands resolve to the abort's reason, would each break a lock.
 *
 * @throws `TypeError` for anything without a REST URL and a token, and for unknown options.
 *
 * @example
 * ```ts
 * const redsync = new Redsync(upstashNode({ url: "https://name.upstash.io", token: value }));
 * ```
 */
export function upstashNode(
  database: UpstashDatabase | UpstashRedis,
  options: UpstashOptions = {},
): RedisNode {
  const access = accessTo(database);
  checkOptions(options);
  const node = { client: identityOf(access), send: senderTo(access) };
  return options.listen ? { ...node, subscribe: listenerTo(access) } : node;
}

// Neither a password in a URL nor a space in a token: fetch would refuse them, and show them.
const REST_URL = /^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/;
// A Redis that was made without a token has "Bearer undefined".
const REST_TOKEN = /^(?!(undefined|null)$)[!-~]+$/;

/** Reads a URL and a token off whatever was given. The message does not show what was found: it may be a password. */
function accessTo(database: object): UpstashDatabase {
  // A Redis has its `client` at run time, though not in its types.
  const given = Object(database);
  const url = String(given.client?.baseUrl ?? given.url);
  const token = String(given.client?.headers?.authorization ?? given.token).replace("Bearer ", "");
  const isUrl = REST_URL.test(url);
  if (isUrl && REST_TOKEN.test(token)) return { url: url.replace(/\/+$/, ""), token };
  throw new TypeError(
    `upstashNode expects a database's REST ${isUrl ? "token" : "URL"}, in { url, token } or a Redis of @upstash/redis`,
  );
}

const identities = new Map<string, object>();

/**
 * The same object for the same database, however it was given, so that `Redsync` refuses it as two nodes. The token belongs
 * to it: proxies that speak this protocol serve several databases under one URL.
 */
function identityOf({ url, token }: UpstashDatabase): object {
  const key = `${token} ${url}`;
  const identity = identities.get(key) ?? { url };
  identities.set(key, identity);
  return identity;
}

/**
 * The Upstash database that `UPSTASH_REDIS_REST_URL` and `UPSTASH_REDIS_REST_TOKEN` name, in `process.env` or in the `env` of a
 * Worker. In place of one that is missing or empty, `KV_REST_API_URL` and `KV_REST_API_TOKEN` are read, each by itself, as
 * `Redis.fromEnv()` of `@upstash/redis` does.
 *
 * @throws `TypeError` naming the variables that are missing, or that the URL or the token is wrong; and for unknown options.
 *
 * @example
 * ```ts
 * const redsync = new Redsync(upstashNodeFromEnv(process.env));
 * ```
 */
export function upstashNodeFromEnv(env: UpstashEnv | ProcessEnv, options?: UpstashOptions): RedisNode {
  const read = (what: "URL" | "TOKEN"): string => {
    const first = `UPSTASH_REDIS_REST_${what}` as const;
    const second = `KV_REST_API_${what}` as const;
    const value = env?.[first] || env?.[second];
    if (value) return value;
    throw new TypeError(`upstashNodeFromEnv misses ${first} (or ${second})`);
  };
  return upstashNode({ url: read("URL"), token: read("TOKEN") }, options);
}

/** Refuses what is no object of options, as `clients.map(upstashNode)` gives it, and options that there are not. */
function checkOptions(options: object): void {
  if (typeof options !== "object" || !options || Object.keys(options).some((name) => name !== "listen"))
    throw new TypeError("upstashNode(database, options) expects { listen } as its options, or none");
}
