import { isAbsolute } from "node:path";
import { keepSecret } from "./secrets.ts";
import { readSentinelUrl, type SentinelOptions } from "./sentinel-url.ts";
import { Failure, usageError } from "./status.ts";

/** A node as it was given. */
export interface NodeUrl {
  readonly url: string;
  /** What is shown of it: the host and the port, the path of a socket, or a name that Sentinel knows; and nothing else. */
  readonly place: string;
  readonly isTls: boolean;
  /** Undefined if the URL is that of the server itself, which ioredis reads. */
  readonly sentinel?: SentinelOptions;
}

const FORMS =
  "redis://HOST:PORT, rediss://USER:PASSWORD@HOST:PORT/DATABASE, redis+sentinel://HOST:PORT,HOST:PORT/NAME, or the path of a socket";

/** Spaces and commas part URLs. A comma alone also parts the hosts of one, so it counts if a URL, a path or nothing is behind it. */
const SEPARATOR = /[\s,]*\s[\s,]*|,+(?=[^\s,]*:\/\/|\/|$)/;

/**
 * What may stand behind the question mark of a URL, and what each must be: ioredis takes it for its options. Any other option it would
 * take as a text in place of a number or a function, or in place of what this program sets.
 */
const OPTIONS: ReadonlyMap<string, readonly [form: RegExp, words: string]> = new Map([
  ["username", [/^/, "any text"]],
  ["password", [/^/, "any text"]],
  ["db", [/^\d+$/, "a number"]],
  ["family", [/^[046]$/, "0, 4 or 6"]],
  ["keyPrefix", [/^/, "any text"]],
  ["connectionName", [/^/, "any text"]],
]);

/** The nodes of `--redis`, or else of `REDIS_URLS`, or `REDIS_URL`. Throws a usage error that shows no password. */
export function readNodeUrls(
  given: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly NodeUrl[] {
  const { REDIS_URLS, REDIS_URL } = environment;
  const texts = given.length > 0 ? given : (REDIS_URLS || REDIS_URL || "").split(SEPARATOR);
  const urls = texts.filter((text) => text !== "");
  if (urls.length === 0)
    throw usageError(
      "no Redis is given: use --redis URL, once for each node, or REDIS_URLS=redis://a,redis://b",
    );
  const nodes = urls.map(readNodeUrl);
  nodes.forEach(({ place }, index) => {
    // Also with another database or user: it is the same server.
    const first = nodes.findIndex((other) => other.place === place);
    if (first < index)
      throw usageError(`node ${index} is node ${first} again (${place}): a server must not vote twice`);
  });
  return nodes;
}

function readNodeUrl(url: string, index: number): NodeUrl {
  try {
    if (isAbsolute(url)) return readSocket(url);
    return /^rediss?\+sentinel:/.test(url) ? readSentinelUrl(url) : readServerUrl(url);
  } catch (error) {
    if (error instanceof Failure) throw usageError(`node ${index}: ${error.message}`);
    // Not the text itself: it may have a password in it.
    throw usageError(
      `node ${index} is no URL of a Redis: ${FORMS}. In a user or password such characters as / ? # @ % are written as %2F`,
    );
  }
}

function readSocket(url: string): NodeUrl {
  const [place = "", query] = url.split("?", 2);
  checkOptions(new URLSearchParams(query), url);
  return { url, place, isTls: false };
}

function readServerUrl(url: string): NodeUrl {
  const { protocol, hostname, port, username, password, pathname, search, searchParams, hash } = new URL(url);
  if (!/^rediss?:$/.test(protocol) || !/^[^,]+$/.test(hostname)) throw new TypeError("no URL of a Redis");
  keepSecret(password);
  keepSecret(decodeURIComponent(password));
  // ioredis decodes it too, and would throw.
  decodeURIComponent(username);
  const behindHost = pathname + search + hash;
  const database = pathname.slice(1);
  if (!/^\d*$/.test(database))
    throw wrongPart(
      `the database in its URL must be a number; it is ${JSON.stringify(database)}`,
      behindHost,
    );
  checkOptions(searchParams, behindHost);
  // The parser leaves the host of such a URL as it is written.
  return { url, place: `${hostname.toLowerCase()}:${port || "6379"}`, isTls: protocol === "rediss:" };
}

function checkOptions(options: URLSearchParams, behindHost: string): void {
  for (const [name, value] of options) {
    if (/password/i.test(name)) keepSecret(value);
    const names = [...OPTIONS.keys()].join(", ");
    const [form, words] = OPTIONS.get(name) ?? [];
    if (form === undefined)
      throw wrongPart(`its URL may have the options ${names}; not ${JSON.stringify(name)}`, behindHost);
    if (!form.test(value))
      throw wrongPart(`${name} in its URL must be ${words}; it is ${JSON.stringify(value)}`, behindHost);
  }
}

/** An error that shows a part of a URL; but not if an "@" is behind the host: a password may have a "/", "?" or "#" in it. */
function wrongPart(message: string, behindHost: string): Error {
  return behindHost.includes("@") ? new TypeError("no URL of a Redis") : usageError(message);
}
