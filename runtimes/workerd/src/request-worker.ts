import { env } from "cloudflare:workers";
import type { MutexOptions, Redsync, TryLockOptions } from "@redsync/core";
import { upstashNode } from "@redsync/upstash";
import type { Context, Worker } from "./workers.ts";

/** Longer than any test here: what is left behind shows. A round may take 3 s, and a node that stands still for 2 s is in time. */
export const defaults: MutexOptions = {
  expiry: 60_000,
  timeoutFactor: 0.05,
  retryDelay: 20,
  tries: Number.POSITIVE_INFINITY,
};

/** What a request locks by, and what closes it where it is the request's own. */
export interface Opened {
  readonly redsync: Redsync;
  close?(): void;
}

const unhandled: string[] = [];
addEventListener("unhandledrejection", (event) => {
  unhandled.push(String((event as PromiseRejectionEvent).reason));
});

const [notes] = env.DATABASES.map((database) => upstashNode(database));
/** Leaves a note in a database of its own, so that the runner knows how far a request has come. */
const note = (text: string) => notes?.send(["RPUSH", "notes", text]);

const mutexes = {
  patient: (redsync: Redsync) => redsync.mutex("name", { failFast: false }),
  hasty: (redsync: Redsync) => redsync.mutex("name"),
  forgetful: (redsync: Redsync) => redsync.mutex("name of its own", { failFast: false }),
};

async function lockAndUnlock(path: string, redsync: Redsync, options: TryLockOptions): Promise<unknown> {
  const of = path.split("/")[1] as keyof typeof mutexes;
  const [lock] = await Promise.all([mutexes[of](redsync).lock(options), note(`${path} asks`)]);
  await note(`${path} holds`);
  return lock.unlock();
}

async function respond(request: Request, context: Context, open: () => Opened): Promise<unknown> {
  const { pathname } = new URL(request.url);
  if (pathname === "/unhandled") return unhandled;
  const { redsync, close } = open();
  try {
    if (pathname === "/settled") return await redsync.settled().then(() => "settled");
    const waitUntil = (work: Promise<void>) => context.waitUntil(work);
    // A request that gives nothing to its context dies at once when it is cancelled.
    const options = pathname.startsWith("/forgetful") ? {} : { signal: request.signal, waitUntil };
    return await lockAndUnlock(pathname, redsync, options);
  } finally {
    if (close) context.waitUntil(redsync.settled().then(close));
  }
}

/** A worker whose requests lock and unlock. */
export function requestWorker(open: () => Opened): Worker {
  return {
    async fetch(request, _env, context) {
      try {
        return Response.json(await respond(request, context, open));
      } catch (error) {
        return new Response(String(error), { status: 500 });
      }
    },
  };
}
