import type { RedisNode } from "@redsync/core";
import { accessTo, identityOf } from "./access.ts";
import { send } from "./rest.ts";
import { subscribe } from "./subscribe.ts";

/** Where a database is, and the right to use it: both stand in Upstash's console. */
export interface UpstashDatabase {
  /** The REST URL, such as `https://name.upstash.io`. */
  readonly url: string;
  /** The REST token. It goes into requests alone, never into an error or the node. */
  readonly token: string;
}

/** A `Redis` of `@upstash/redis`, told by one of its methods. None is called: its URL and token are read off it. */
export interface UpstashRedis {
  createScript(script: string): unknown;
}

/** The variables that Upstash's console and integrations set. */
export interface UpstashEnv {
  readonly UPSTASH_REDIS_REST_URL?: string | undefined;
  readonly UPSTASH_REDIS_REST_TOKEN?: string | undefined;
}

/**
 * An Upstash database as a node, over its REST API by `fetch` alone. A command is one request; the signal of a command
 * cancels it.
 *
 * Of a `Redis` of `@upstash/redis` only the URL and the token are used: its retries, its parsing of replies and its signal,
 * which makes commands resolve to the abort's reason, would each break a lock.
 *
 * @throws `TypeError` for anything without a REST URL and a token.
 *
 * @example
 * ```ts
 * const redsync = new Redsync(upstashNode({ url: "https://name.upstash.io", token: value }));
 * ```
 */
export function upstashNode(database: UpstashDatabase | UpstashRedis): RedisNode {
  const access = accessTo(database);
  return {
    client: identityOf(access),
    send: (command, options) => send(access, command, options?.signal),
    subscribe: (channel, onMessage) => subscribe(access, channel, onMessage),
  };
}

/**
 * The Upstash database that `UPSTASH_REDIS_REST_URL` and `UPSTASH_REDIS_REST_TOKEN` name, in `process.env` or in the `env`
 * of a Worker.
 *
 * @throws `TypeError` naming the variable that is missing or wrong.
 *
 * @example
 * ```ts
 * const redsync = new Redsync(upstashNodeFromEnv(process.env));
 * ```
 */
export function upstashNodeFromEnv(env: UpstashEnv): RedisNode {
  const read = (name: keyof UpstashEnv): string => {
    const value = env?.[name];
    if (value) return value;
    throw new TypeError(`upstashNodeFromEnv misses ${name}`);
  };
  return upstashNode({ url: read("UPSTASH_REDIS_REST_URL"), token: read("UPSTASH_REDIS_REST_TOKEN") });
}
