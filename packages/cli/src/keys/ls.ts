import type { Connection } from "../connection.ts";
import { showRemaining } from "../duration.ts";
import { showOwner } from "../inspect/show.ts";
import { note, say, sayJson } from "../output.ts";
import { messageOf } from "../secrets.ts";
import { type NodeOptions, withNodes } from "../session.ts";
import { nameText } from "../shown-text.ts";
import { status, usageError } from "../status.ts";
import { type Key, scan } from "./scan.ts";

export interface LsOptions extends NodeOptions {
  readonly all?: boolean;
}

/** A name, and who has it on which nodes. */
type Listed = Omit<Key, "remaining"> & { remaining: number; readonly nodes: string[] };

/** `redsync ls`: the locks whose names match, told from other keys by their values. */
export async function ls(pattern: string, options: LsOptions): Promise<number> {
  if (pattern === "") throw usageError('ls needs a pattern, such as "report:*"');
  return withNodes(options, "quorum", async (connections) => {
    const keys = new Map<string, Listed>();
    const failures = await Promise.all(connections.map((connection) => add(keys, connection, pattern)));
    const listed = [...keys.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
    const shown = options.all ? listed : listed.filter(({ kind }) => kind === "lock" || kind === "reserved");
    if (options.json) await sayJson(shown);
    else for (const key of shown) await say(lineOf(key, connections.length));
    // What belongs to a lock is none of them.
    const others = listed.filter((key) => !shown.includes(key) && !/:(fence|queue)$/.test(key.name)).length;
    if (others > 0 && !options.json)
      await note(
        `${others} other ${others === 1 ? "key matches" : "keys match"}, without the value of a lock of ours: --all shows them`,
      );
    const failed = failures.filter((failure) => failure !== undefined);
    for (const failure of failed) await note(failure);
    return failed.length > (connections.length - 1) / 2 ? status.unavailable : status.done;
  });
}

/** Adds what one node has. Resolves to why it does not tell. */
async function add(
  keys: Map<string, Listed>,
  { place, client, failure }: Connection,
  pattern: string,
): Promise<string | undefined> {
  if (failure !== undefined) return `${place}: ${failure}`;
  try {
    for await (const key of scan(client, pattern)) {
      // Another holder's on another node is another line.
      const id = JSON.stringify([key.name, key.kind, key.owner]);
      const listed = keys.get(id) ?? { ...key, nodes: [] };
      keys.set(id, listed);
      listed.remaining = Math.max(listed.remaining, key.remaining);
      if (!listed.nodes.includes(place)) listed.nodes.push(place);
    }
    return undefined;
  } catch (error) {
    return `${place}: ${messageOf(error)}`;
  }
}

const WORDS = { foreign: "held by a lock of another library, it seems", other: "no lock" } as const;

function lineOf({ name, kind, owner, remaining, nodes }: Listed, count: number): string {
  const what =
    kind === "lock"
      ? `held by ${showOwner(owner)}`
      : kind === "reserved"
        ? "reserved for the first in its queue"
        : WORDS[kind];
  const where = count > 1 ? `, on ${nodes.length} of ${count} nodes` : "";
  return `${nameText(name)}  ${what}, ${showRemaining(remaining)}${where}`;
}
