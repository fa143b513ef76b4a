import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

const path = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url));

/** What `wrangler deploy` would upload, running. */
export interface Deployed extends AsyncDisposable {
  readonly url: URL;
  /** What the worker and its runtime have complained of so far. */
  readonly log: string[];
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** The same, from a visitor who can `leave`, and then gets a 499. */
  visit(path: string, init?: RequestInit): Promise<Response>;
  /** All visitors go away. */
  leave(): Promise<void>;
}

// A client that goes away is not noticed by the runtime on this machine, a caller in it that aborts is.
const visitors = `
let departures = 0;
export default {
  async fetch(request, { SHOP }) {
    if (new URL(request.url).pathname === "/leave") return new Response(String(++departures));
    const controller = new AbortController();
    const before = departures;
    const watching = setInterval(() => departures > before && controller.abort(), 5);
    try {
      return await SHOP.fetch(request, { signal: controller.signal });
    } catch (error) {
      return new Response(String(error), { status: 499 });
    } finally {
      clearInterval(watching);
    }
  },
};`;

/** Starts the bundle with the settings of wrangler.jsonc, `bindings` over them, and the database as its secrets. */
export async function deploy(
  { url: restUrl, token }: { readonly url: string; readonly token: string },
  bindings: Readonly<Record<string, string>> = {},
): Promise<Deployed> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(path("wrangler.jsonc"));
  const secrets = { UPSTASH_REDIS_REST_URL: restUrl, UPSTASH_REDIS_REST_TOKEN: token };
  const log: string[] = [];
  const miniflare = new Miniflare({
    handleRuntimeStdio(_: Readable, stderr: Readable) {
      stderr.setEncoding("utf8").on("data", (text: string) => log.push(text));
    },
    workers: [
      {
        ...workerOptions,
        name: "shop",
        bindings: { ...workerOptions.bindings, ...secrets, ...bindings },
        modulesRoot: path("dist"),
        modules: [{ type: "ESModule", path: path("dist/main.js") }],
      },
      {
        name: "visitors",
        modules: true,
        script: visitors,
        serviceBindings: { SHOP: "shop" },
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      },
    ],
  });
  const url = await miniflare.ready;
  const door = await miniflare.unsafeGetDirectURL("visitors");
  // A connection for each request: the runtime closes those that are not used for 5 s, and who stands still meanwhile would send
  // the next request into one.
  const ask = (at: URL, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set("connection", "close");
    return fetch(at, { redirect: "manual", ...init, headers });
  };
  return {
    url,
    log,
    ask: (path, init) => ask(new URL(path, url), init),
    visit: (path, init) => ask(new URL(path, door), init),
    leave: async () => void (await ask(new URL("/leave", door))),
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  };
}
