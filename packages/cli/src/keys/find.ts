import type { Connection } from "../connection.ts";
import { keepSecret, messageOf } from "../secrets.ts";
import { type Kind, kindOf, ownerOf } from "./kind.ts";

/** What one node has under a name. */
export interface Found {
  readonly node: string;
  /** It proves ownership: never to be shown. */
  readonly value?: string;
  readonly kind?: Kind;
  readonly owner?: string | undefined;
  /** Milliseconds; Infinity without an expiry. */
  readonly remaining?: number;
  readonly error?: string;
}

/** Reads a name on one node, with its value. */
export async function find({ place, client, node, failure }: Connection, name: string): Promise<Found> {
  if (failure !== undefined) return { node: place, error: failure };
  try {
    const value = await node.send(["GET", name], { key: name });
    if (typeof value !== "string") return { node: place };
    // A server puts the arguments of a command that it does not know into its error. What is shorter proves nothing, and would be left out
    // of names and ports.
    if (value.length > 7) keepSecret(value);
    if (value.includes("\ufffd") && !(await isText(client, name)))
      return { node: place, error: "its value is no text, and no lock: DEL deletes it" };
    const left = Number(await node.send(["PTTL", name], { key: name }));
    if (left === -2) return { node: place };
    return {
      node: place,
      value,
      kind: kindOf(value),
      owner: ownerOf(value),
      remaining: left === -1 ? Infinity : left,
    };
  } catch (error) {
    if (String((error as Error).message).startsWith("WRONGTYPE"))
      return { node: place, error: "the key is of another type, and no lock" };
    return { node: place, error: messageOf(error) };
  }
}

/** Whether a value is UTF-8. What is not would be read with U+FFFD in place of some bytes, and a release would not find that again. */
async function isText(client: Connection["client"], name: string): Promise<boolean> {
  const value = await client.callBuffer("get", [name]);
  return !Buffer.isBuffer(value) || Buffer.from(value.toString()).equals(value);
}
