import { isAbsolute } from "node:path";
import { keepSecret } from "./secrets.ts";
import { usageError } from "./status.ts";

/** A server as it was given. */
export interface NodeUrl {
  readonly url: string;
  /** What is shown of it: the host and the port, or the path of a socket, and nothing else. */
  readonly place: string;
}

/** The servers of `--redis`, or else of `REDIS_URLS`, or `REDIS_URL`. Throws a usage error that shows no password. */
export function readNodeUrls(
  given: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly NodeUrl[] {
  const { REDIS_URLS, REDIS_URL } = environment;
  const texts = given.length > 0 ? given : (REDIS_URLS || REDIS_URL || "").split(/[\s,]+/);
  const urls = texts.filter((text) => text !== "");
  if (urls.length === 0)
    throw usageError(
      "no Redis is given: use --redis URL, once for each node, or REDIS_URLS=redis://a,redis://b",
    );
  const nodes = urls.map(readNodeUrl);
  nodes.forEach(({ place, url }, index) => {
    const first = nodes.findIndex((other) => other.url === url);
    if (first < index)
      throw usageError(`node ${index} is node ${first} again (${place}): a server must not vote twice`);
  });
  return nodes;
}

function readNodeUrl(url: string, index: number): NodeUrl {
  if (isAbsolute(url)) return { url, place: url };
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === "")
    // Not the text itself: it may have a password in it.
    throw usageError(
      `node ${index} is no URL of a Redis: redis://HOST:PORT, rediss://USER:PASSWORD@HOST:PORT/DATABASE, or the path of a socket`,
    );
  keepSecret(parsed.password);
  keepSecret(decode(parsed.password));
  return { url, place: `${parsed.hostname}:${parsed.port || "6379"}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
