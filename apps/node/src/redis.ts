import type { RedisNode } from "@redsync/core";
import { loadClient } from "./clients.ts";
import type { ClientName } from "./options.js";
import { place } from "./servers.js";

/** A server and a client of it; `failure` says why the client has no connection yet. */
export interface Connection {
  readonly node: RedisNode;
  readonly place: string;
  readonly failure: string | null;
  close(): void;
}

const PATIENCE_MS = 5_000;

/** Connects a client to a server. Resolves in any case: a client that failed goes on trying, and refuses commands meanwhile. */
export async function connect(name: ClientName, url: URL): Promise<Connection> {
  const open = await loadClient(name);
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const { node, connect, close } = await open(url, { patience: PATIENCE_MS, onError: failed.reject });
  let failure: string | null = null;
  try {
    // The rejection of a client's connect() may say no more than that it is closed; the event, which comes first, says why.
    const answer = connect().then(() => node.send(["PING"]));
    await patiently(Promise.race([failed.promise, answer]));
  } catch (error) {
    failure = inWords(error as NodeJS.ErrnoException);
  }
  return { node, place: place(url), failure, close };
}

/** Why a server is of no use, without its URL, which may hold a password. */
function inWords({ message, code }: NodeJS.ErrnoException): string {
  if (/\bNOAUTH\b/.test(message)) return "wants a password, as in redis://:password@host:port (NOAUTH)";
  if (/\bWRONGPASS\b/.test(message)) return "refuses the user name or the password of its URL (WRONGPASS)";
  return message || code || "unknown error";
}

/** Waits for a server as long as one may be silent: a lock has deadlines of its own, everybody else needs one. */
export async function patiently<T>(answer: Promise<T>): Promise<T> {
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => silence.reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
  try {
    return await Promise.race([answer, silence.promise]);
  } finally {
    clearTimeout(timer);
  }
}
