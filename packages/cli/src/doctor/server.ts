import { setTimeout as pause } from "node:timers/promises";
import { Cluster, type Redis } from "ioredis";
import type { Connection } from "../connection.ts";
import { messageOf } from "../secrets.ts";

/** One server: a node, or a primary of a Cluster, which is one node of many servers. */
export interface Server {
  readonly place: string;
  readonly client: Redis;
  readonly isOfCluster: boolean;
}

/** The servers behind a node. */
export function serversOf({ place, client }: Connection): readonly Server[] {
  if (!(client instanceof Cluster)) return [{ place, client, isOfCluster: false }];
  return client.nodes("master").map((server) => {
    const { host, port } = server.options;
    return { place: `${host}:${port}`, client: server, isOfCluster: true };
  });
}

const SILENCE_MS = 5_000;
/** How the message about a silent server begins. */
export const NO_ANSWER = "no answer within";

/** What is answered, or a rejection after some seconds: a server that hangs must not hang the doctor. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  const ends = new AbortController();
  const silence = pause(SILENCE_MS, undefined, { signal: ends.signal }).then(() => {
    throw new Error(`${NO_ANSWER} ${SILENCE_MS} ms`);
  });
  silence.catch(() => {});
  return Promise.race([answer, silence]).finally(() => ends.abort());
}

/** One command to one server. */
export function ask({ client }: Server, command: string, ...args: string[]): Promise<unknown> {
  return inTime(client.call(command, args));
}

/** What a server says of itself, by the names of INFO; or why it does not. */
export type Info = ReadonlyMap<string, string> | { readonly failure: string };

export async function infoOf(server: Server): Promise<Info> {
  try {
    return readInfo(String(await ask(server, "info")));
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

/** The lines "name:value" of INFO. */
export function readInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^([^#:\r\n]+):([^\r\n]*)/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
}
