import { setTimeout as pause } from "node:timers/promises";
import { type MutexOptions, Redsync } from "@redsync/core";
import { readCertificate } from "./certificate.ts";
import { type Connection, disconnect, open, quorumOf, settled } from "./connection.ts";
import { LONGEST, readDuration } from "./duration.ts";
import { readNodeUrls } from "./node-urls.ts";
import { messageOf } from "./secrets.ts";
import { usageError } from "./status.ts";

/** The options that every command has. */
export interface NodeOptions {
  readonly redis?: readonly string[];
  readonly cluster?: boolean;
  readonly connectTimeout: string;
  readonly cert?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** What is needed before a command begins: a quorum, or only to know of each node whether it can be reached. */
type Need = "quorum" | "each";

/** Opens the nodes for some work, and closes them behind it. Throws if there is no quorum, when one is needed. */
export async function withNodes<Result>(
  options: NodeOptions,
  need: Need,
  work: (connections: readonly Connection[]) => Promise<Result>,
): Promise<Result> {
  const urls = readNodeUrls(options.redis ?? [], process.env);
  const timeout = readDuration("--connect-timeout", options.connectTimeout, ["1ms", LONGEST]);
  const certificate = readCertificate(options, urls);
  const cluster = options.cluster === true;
  const connections = open(urls, { cluster, timeout, certificate, followsPrimary: need === "quorum" });
  try {
    await (need === "quorum" ? quorumOf(connections) : settled(connections));
    return await work(connections);
  } finally {
    disconnect(connections);
  }
}

/** What goes on behind a command is waited for, but not for longer than this: what stays ends with its expiry. */
const CLOSING_MS = 500;

/** Makes the locks for some work. An option that core refuses is a usage error: it sends nothing before it has looked. */
export async function withRedsync<Result>(
  connections: readonly Connection[],
  options: MutexOptions,
  work: (redsync: Redsync) => Promise<Result>,
): Promise<Result> {
  const nodes = connections.map(({ node }) => node);
  const redsync = checked(() => new Redsync(nodes, options) as Redsync);
  try {
    return await work(redsync);
  } finally {
    await Promise.race([redsync.close({ timeout: 0 }), pause(CLOSING_MS, undefined, { ref: false })]);
  }
}

/** What core has against a name or an option, which is a flag here. The other options that it may refuse are checked before. */
export function checked<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError)
      throw usageError(messageOf(error).replace(/^(?=(owner|fencing)\b)/, "--"));
    throw error;
  }
}

/** Throws a usage error for a name or an option that core refuses, before anything is connected to. */
export function checkMutex(name: string, options: MutexOptions = {}): void {
  const nobody = { send: () => Promise.reject(new Error("it is only for checking")) };
  checked(() => new Redsync(nobody, options).mutex(name));
}

/**
 * Where core's message says `node N:`, and what it says in quotes: a name or an owner, which may have the same words. It writes those, and
 * the words of others, as JSON has them: a quote in them stands behind a backslash.
 */
const PLACE_OR_QUOTED = /\\.|"(?:[^"\\]|\\.)*"|(?<=^|[:;] )node (\d+)(?=: )/gs;

/** An error of core's for people: each node by its place, in place of its number. */
export function withPlaces(error: unknown, connections: readonly Connection[]): string {
  return messageOf(error).replaceAll(
    PLACE_OR_QUOTED,
    (text, index?: string) => connections[Number(index ?? -1)]?.place ?? text,
  );
}
