import { env } from "cloudflare:workers";
import { type Mutex, Redsync, type TryLockOptions } from "@redsync/core";
import { upstashNode } from "@redsync/upstash";
import type { Worker } from "./workers.ts";

// At module level, as an author of Workers would: made before the first request, and shared by all of them.
const [notes, ...nodes] = env.DATABASES.map(upstashNode);
const redsync = new Redsync(nodes, {
  // Longer than any test here: what is left behind shows.
  expiry: 60_000,
  timeoutFactor: 0.01,
  retryDelay: 20,
  tries: Number.POSITIVE_INFINITY,
});

const unhandled: string[] = [];
addEventListener("unhandledrejection", (event) => {
  unhandled.push(String((event as PromiseRejectionEvent).reason));
});

/** Leaves a note in a database of its own, so that the runner knows how far a request has come. */
const note = (text: string) => notes?.send(["RPUSH", "notes", text]);

const mutexes: Readonly<Record<string, Mutex>> = {
  patient: redsync.mutex("name"),
  hasty: redsync.mutex("name", { failFast: true }),
  forgetful: redsync.mutex("name of its own"),
};

async function respond(path: string, options: TryLockOptions): Promise<unknown> {
  const of = path.split("/")[1] ?? "";
  if (path === "/unhandled") return unhandled;
  if (path === "/settled") return redsync.settled().then(() => "settled");
  const [lock] = await Promise.all([mutexes[of]?.lock(options), note(`${path} asks`)]);
  await note(`${path} holds`);
  return lock?.unlock();
}

const worker: Worker = {
  async fetch(request, _, context) {
    const { pathname } = new URL(request.url);
    const waitUntil = (work: Promise<void>) => context.waitUntil(work);
    try {
      // A request that gives nothing to its context dies at once when it is cancelled.
      const options = pathname.startsWith("/forgetful") ? {} : { signal: request.signal, waitUntil };
      return Response.json(await respond(pathname, options));
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};

// biome-ignore lint/style/noDefaultExport: what workerd looks for
export default worker;
