import type { RedisNode } from "@redsync/core";
import { type ClientName, loadClient } from "./clients.ts";
import { place } from "./servers.ts";

/** A server and a client of it; `failure` says why the client has no connection yet. */
export interface Connection {
  readonly node: RedisNode;
  readonly place: string;
  readonly failure: string | null;
  close(): void;
}

const PATIENCE_MS = 2_000;

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
    const { message, code } = error as NodeJS.ErrnoException;
    failure = message || code || "unknown error";
  }
  return { node, place: place(url), failure, close };
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
