import { setTimeout as sleep } from "node:timers/promises";
import type { RedisNode } from "@redsync/core";
import type { Open, Opened } from "./open.ts";
import type { ClientName } from "./options.js";
import { place } from "./servers.js";

/** A server and a client of it; `failure` says why the client has no connection yet. */
export interface Connection extends Opened {
  readonly place: string;
  readonly failure: string | null;
}

const PATIENCE_MS = 5_000;

// Each is loaded when it is chosen: the others need not even be installed.
const clients: Record<ClientName, () => Promise<{ readonly open: Open }>> = {
  memory: () => import("./clients/memory.ts"),
  ioredis: () => import("./clients/ioredis.ts"),
  "node-redis": () => import("./clients/node-redis.ts"),
  "valkey-glide": () => import("./clients/valkey-glide.ts"),
};

/** Connects to each server. Resolves in any case: a client that failed goes on trying, and refuses commands meanwhile. */
export async function connect(client: ClientName, servers: readonly URL[]): Promise<Connection[]> {
  const { open } = await clients[client]();
  const connectOne = async (url: URL): Promise<Connection> => {
    const failed = Promise.withResolvers<never>();
    const opened = await open(url, failed.reject);
    const answer = opened.connect().then(() => opened.node.send(["PING"]));
    // The rejection of a client's connect() may say no more than that it is closed; the event, which comes first, says why.
    const failure = await patiently(Promise.race([failed.promise, answer])).then(() => null, inWords);
    return { ...opened, place: place(url), failure };
  };
  return Promise.all(servers.map(connectOne));
}

/** Its server as one that says where it is, and what it is for, if it fails. */
export function keeping({ node, place }: Connection): RedisNode {
  return {
    send: (command) =>
      patiently(node.send(command)).catch((error: Error) => {
        throw new Error(`${place}, which keeps the seats: ${error.message}`);
      }),
  };
}

/** Waits for a server as long as one may be silent: a lock has deadlines of its own, everybody else needs one. */
function patiently<T>(answer: Promise<T>): Promise<T> {
  const silence = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => {
    throw new Error(`no answer in ${PATIENCE_MS} ms`);
  });
  return Promise.race([answer, silence]);
}

/** Why a server is of no use, without its URL, which may hold a password. */
function inWords({ message, code }: NodeJS.ErrnoException): string {
  if (/\bNOAUTH\b/.test(message)) return "wants a password, as in redis://:password@host:port (NOAUTH)";
  if (/\bWRONGPASS\b/.test(message)) return "refuses the user name or the password of its URL (WRONGPASS)";
  return message || code || "unknown error";
}
