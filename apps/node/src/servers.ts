import { UsageError } from "./usage-error.ts";

/** Reads `redis://a,redis://b,redis://c`. Throws a UsageError that never shows a password. */
export function readServers(text: string): readonly URL[] {
  if (text.trim() === "") return [];
  const servers = text.split(",").map((each, index) => readServer(each.trim(), index));
  const seen = new Map<string, number>();
  servers.forEach((url, index) => {
    const first = seen.get(place(url));
    if (first !== undefined)
      throw new UsageError(
        `REDIS_URLS: URL ${index + 1} is ${place(url)} again, as URL ${first + 1}: one server must not vote twice`,
      );
    seen.set(place(url), index);
  });
  return servers;
}

/** Where a server is, fit to be printed: no user, no password, no query. */
export function place(url: URL): string {
  return `${url.protocol}//${url.hostname}:${url.port || "6379"}`;
}

function readServer(text: string, index: number): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^rediss?:$/.test(url.protocol) && url.hostname !== "") return url;
  const advice = text.includes("@") ? " (special characters in a password must be percent-encoded)" : "";
  throw new UsageError(
    `REDIS_URLS: URL ${index + 1}, "${redact(text)}", is no redis://host:port or rediss://host:port${advice}`,
  );
}

/**
 * What may be shown of a text that is no URL. A password with a comma, a slash or a hash in it breaks a URL in unforeseen
 * places, so only what follows the last "@", and looks like a host, is shown.
 */
function redact(text: string): string {
  const scheme = /^[a-z][a-z\d+.-]*:\/\//i.exec(text)?.[0] ?? "";
  const rest = text.slice(scheme.length);
  const at = rest.lastIndexOf("@");
  const host = /^[\w.-]*(:\d+)?(?=\/?\d*$)/.exec(rest.slice(at + 1))?.[0] ?? "…";
  return `${scheme}${at === -1 ? "" : "***@"}${host}`;
}
