import { UsageError } from "./usage-error.js";

/**
 * Reads `redis://a,redis://b,redis://c`; undefined means nodes in memory. Throws a UsageError that never shows a password.
 *
 * @param {string | undefined} text
 * @returns {readonly URL[]}
 */
export function readServers(text) {
  if (text === undefined) return [];
  if (text.trim() === "")
    throw new UsageError(
      "REDIS_URLS is empty: give it redis://host:port, or unset it to use nodes in memory",
    );
  const servers = text.split(",").map((each, index) => readServer(each.trim(), index));
  /** @type {Map<string, number>} */
  const seen = new Map();
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

/**
 * Where a server is, fit to be printed: no user, no password, no query.
 *
 * @param {URL} url
 */
export function place(url) {
  return `${url.protocol}//${url.hostname}:${url.port || "6379"}`;
}

/**
 * @param {string} text
 * @param {number} index
 */
function readServer(text, index) {
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
 *
 * @param {string} text
 */
function redact(text) {
  const scheme = /^[a-z][a-z\d+.-]*:\/\//i.exec(text)?.[0] ?? "";
  const rest = text.slice(scheme.length);
  const at = rest.lastIndexOf("@");
  const host = /^[\w.-]*(:\d+)?(?=\/?\d*$)/.exec(rest.slice(at + 1))?.[0] ?? "…";
  return `${scheme}${at === -1 ? "" : "***@"}${host}`;
}
