/** A REST URL without a slash at its end, and the token for it. */
export interface Access {
  readonly url: string;
  readonly token: string;
}

/** What a `Redis` of `@upstash/redis` has at run time, though not in its types; or the URL and the token themselves. */
interface Given {
  readonly client?: { readonly baseUrl?: unknown; readonly headers?: { readonly authorization?: unknown } };
  readonly url?: unknown;
  readonly token?: unknown;
}

// Neither a password in a URL nor a space in a token: fetch would refuse them, and show them.
const REST_URL = /^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/;
// A Redis that was made without a token has "Bearer undefined".
const REST_TOKEN = /^(?!(undefined|null)$)[!-~]+$/;

/** Reads a URL and a token off whatever was given. The message does not show what was found: it may be a password. */
export function accessTo(database: object): Access {
  const given = database as Given | undefined;
  const client = given?.client;
  const url = String(client?.baseUrl ?? given?.url);
  const token = String(client?.headers?.authorization ?? given?.token).replace("Bearer ", "");
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
export function identityOf({ url, token }: Access): object {
  const key = `${token} ${url}`;
  return identities.set(key, identities.get(key) ?? { url }).get(key) as object;
}
