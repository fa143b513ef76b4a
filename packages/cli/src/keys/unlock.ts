import type { Connection } from "../connection.ts";
import { showRemaining } from "../duration.ts";
import { showOwner } from "../inspect/show.ts";
import { note, say, sayJson } from "../output.ts";
import { messageOf } from "../secrets.ts";
import { checkMutex, type NodeOptions, withNodes } from "../session.ts";
import { quoted } from "../shown-text.ts";
import { status, usageError } from "../status.ts";
import { confirm } from "./confirm.ts";
import { type Found, find } from "./find.ts";
import { type Released, release } from "./release.ts";

export interface UnlockOptions extends NodeOptions {
  readonly force?: boolean;
  readonly any?: boolean;
}

/** What became of the name on one node. */
interface Result {
  readonly node: string;
  readonly result: Released | "free" | "failed";
  readonly owner?: string | undefined;
  readonly error?: string;
}

const WARNING =
  "Unlocking takes the lock from its holder, who notices when it next renews or verifies the lock: within a third of its expiry.\n" +
  "Until then it may go on working while somebody else has the lock. To rule that out, end the holder first.";

/** `redsync unlock`: deletes what it has shown, and nothing else, and passes the name on to the first that waits. */
export async function unlock(name: string, options: UnlockOptions): Promise<number> {
  checkMutex(name);
  if (!options.force && !(process.stdin.isTTY && process.stderr.isTTY))
    throw usageError("unlock asks before it unlocks, and there is no terminal: --force does not ask");
  return withNodes(options, "quorum", async (connections) => {
    const found = await Promise.all(connections.map((connection) => find(connection, name)));
    const held = found.filter(({ value }) => value !== undefined);
    const strange = found.find(({ kind }) => kind === "other");
    if (strange && !options.any)
      throw usageError(
        `${quoted(name)} on ${strange.node} does not look like a lock: --any deletes it all the same`,
      );
    if (held.length > 0 && !options.force) {
      for (const one of found) await note(describe(one));
      if (!(await confirm(`${WARNING}\nUnlock ${quoted(name)}?`))) return status.no;
    }
    const results = await Promise.all(
      found.map((one, index) => unlockOn(connections[index] as Connection, name, one)),
    );
    if (options.json) await sayJson({ name, nodes: results });
    else for (const one of results) await say(`${one.node}  ${said(one)}`);
    if (!options.json && options.force && held.length > 0) await note(WARNING.replaceAll("\n", " "));
    return statusOf(results);
  });
}

async function unlockOn(
  { node }: Connection,
  name: string,
  { node: place, value, owner, remaining = 0, error }: Found,
): Promise<Result> {
  if (error !== undefined) return { node: place, result: "failed", error };
  if (value === undefined) return { node: place, result: "free" };
  try {
    return { node: place, result: await release(node, name, value, remaining), owner };
  } catch (failure) {
    return { node: place, result: "failed", owner, error: messageOf(failure) };
  }
}

function statusOf(results: readonly Result[]): number {
  const count = (what: Result["result"]) => results.filter(({ result }) => result === what).length;
  if (count("failed") > (results.length - 1) / 2) return status.unavailable;
  return count("changed") > 0 ? status.taken : status.done;
}

function describe({ node, value, kind, owner, remaining = 0, error }: Found): string {
  if (error !== undefined) return `${node}  cannot be read: ${error}`;
  if (value === undefined) return `${node}  free`;
  const who = kind === "reserved" ? "reserved for the first in its queue" : `held by ${showOwner(owner)}`;
  return `${node}  ${who}, ${showRemaining(remaining)}`;
}

function said({ result, owner, error }: Result): string {
  if (result === "failed") return `not unlocked: ${error}`;
  if (result === "free") return "free, nothing to unlock";
  if (result === "gone") return "has ended meanwhile";
  if (result === "changed") return "somebody else has it by now: not unlocked";
  return `unlocked, was held by ${showOwner(owner)}`;
}
