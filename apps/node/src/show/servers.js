/** @type {(text?: string) => URL[]} A refusal shows nothing of a URL: in a wrong one, nobody knows which part is the password. */
export function readServers(text) {
  if (text === undefined) return [1, 2, 3].map((number) => new URL(`memory://${number}`));
  if (text.trim() === "")
    throw new Error("REDIS_URLS is empty: give it redis://host:port, or unset it to use nodes in memory");
  /** @type {URL[]} */
  const servers = [];
  for (const each of text.split(",")) {
    const name = `REDIS_URLS: URL ${servers.length + 1}`;
    const url = URL.canParse(each.trim()) ? new URL(each.trim()) : undefined;
    if (!url?.hostname || !/^rediss?:$/.test(url.protocol))
      throw new Error(`${name} is no redis://host:port or rediss://host:port (percent-encode its password)`);
    const twin = servers.findIndex((other) => place(other) === place(url)) + 1;
    if (twin)
      throw new Error(`${name} is ${place(url)} again, as URL ${twin}: one server must not vote twice`);
    servers.push(url);
  }
  return servers;
}

/** @type {(url: URL) => string} Where a server is, fit to be printed: no user, no password, no query. */
export function place({ protocol, hostname, port }) {
  return `${protocol}//${hostname}:${port || "6379"}`;
}
