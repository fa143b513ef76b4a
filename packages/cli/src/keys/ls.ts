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

/** What all nodes have. There may be millions of other keys. */
interface Listing {
  readonly isShown: (key: Key) => boolean;
  readonly shown: Map<string, Listed>;
  /** Their names, only so that each is counted once. */
  readonly others: Set<string>;
}

/** `redsync ls`: the locks whose names match, told from other keys by their values. */
export async function ls(pattern: string, options: LsOptions): Promise<number> {
  if (pattern === "") throw usageError('ls needs a pattern, such as "report:*"');
  return withNodes(options, "quorum", async (connections) => {
    const isShown = ({ kind }: Key) => options.all === true || kind === "lock" || kind === "reserved";
    const listing: Listing = { isShown, shown: new Map(), others: new Set() };
    const failures = await Promise.all(connections.map((connection) => add(listing, connection, pattern)));
    const shown = [...listing.shown.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
    if (options.json) await sayJson(shown);
    else for (const key of shown) await say(lineOf(key, connections.length));
    const others = listing.others.size;
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
  { isShown, shown, others }: Listing,
  { place, client, failure }: Connection,
  pattern: string,
): Promise<string | undefined> {
  if (failure !== undefined) return `${place}: ${failure}`;
  // A key may come again, with another holder by then.
  const seen = new Set<string>();
  try {
    for await (const key of scan(client, pattern)) {
      if (!isShown(key)) {
        // What belongs to a lock is none of them.
        if (!/:(fence|queue)$/.test(key.name)) others.add(key.name);
        continue;
      }
      if (seen.has(key.name)) continue;
      seen.add(key.name);
      // Another holder's on another node is another line.
      const id = JSON.stringify([key.name, key.kind, key.owner]);
      const listed = shown.get(id) ?? { ...key, nodes: [] };
      shown.set(id, listed);
      listed.remaining = Math.max(listed.remaining, key.remaining);
      listed.nodes.push(place);
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
