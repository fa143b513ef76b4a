import { showRemaining } from "../duration.ts";
import { plain } from "../shown-text.ts";
import type { Sight } from "./look.ts";

/** Who it is: the owner that a value tells. */
export function showOwner(owner: string | undefined): string {
  return owner === undefined ? "somebody who does not say who" : plain(owner);
}

/** What one node has, on one line. */
export function showSight({ node, status, owner, remaining = 0, waiters = 0, token, error }: Sight): string {
  const parts: string[] = [];
  if (status === "failed" || status === "unknown") parts.push(`${error}`);
  else if (status === "free") parts.push("free");
  else
    parts.push(
      `${status === "held" ? `held by ${showOwner(owner)}` : "reserved for the first in its queue"}, ${showRemaining(remaining)}`,
    );
  if (waiters > 0) parts.push(waiters === 1 ? "1 waits" : `${waiters} wait`);
  if (token !== undefined) parts.push(`token ${token}`);
  return `${node}  ${parts.join(", ")}`;
}
