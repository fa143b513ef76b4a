import { isAbsolute } from "node:path";
import { keepSecret } from "./secrets.ts";
import { readSentinelUrl, type SentinelOptions } from "./sentinel-url.ts";
import { usageError } from "./status.ts";

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
  } catch {
    // Not the text itself: it may have a password in it.
    throw usageError(
      `node ${index} is no URL of a Redis: ${FORMS}. In a password such characters as / ? # @ % are written as %2F`,
    );
  }
}

function readSocket(url: string): NodeUrl {
  const [place = "", query] = url.split("?", 2);
  keepSecretsOf(new URLSearchParams(query));
  return { url, place, isTls: false };
}

function readServerUrl(url: string): NodeUrl {
  const { protocol, hostname, port, password, searchParams } = new URL(url);
  if (!/^rediss?:$/.test(protocol) || !/^[^,]+$/.test(hostname)) throw new TypeError("no URL of a Redis");
  keepSecret(password);
  keepSecret(decodeURIComponent(password));
  keepSecretsOf(searchParams);
  return { url, place: `${hostname}:${port || "6379"}`, isTls: protocol === "rediss:" };
}

/** ioredis takes what is behind the question mark for its options. */
function keepSecretsOf(options: URLSearchParams): void {
  for (const [name, value] of options) if (/password/i.test(name)) keepSecret(value);
}
