import type { NodeInspection, Redsync } from "@redsync/core";
import type { Connection } from "../connection.ts";
import { withPlaces } from "../session.ts";

/** What one node has for a name, as it is shown. */
export interface Sight {
  readonly node: string;
  readonly status: "free" | "held" | "reserved" | "failed" | "unknown";
  readonly owner?: string | undefined;
  /** Milliseconds. */
  readonly remaining?: number;
  readonly waiters?: number;
  readonly token?: number | undefined;
  /** Why the node does not tell, as a phrase. */
  readonly error?: string;
}

/** For whoever only looks: a node is waited for for up to 3 s, and none of it is a lock. */
export const forLooking = { expiry: 20_000, timeoutFactor: 0.15 } as const;

/** Asks every node about a name. A node that refuses to tell the fence is asked without it, and so is a name that cannot have one. */
export async function look(
  redsync: Redsync,
  name: string,
  connections: readonly Connection[],
): Promise<readonly Sight[]> {
  const inspections = await inspect(redsync, name);
  return inspections.map((one) => sightOf(one, connections));
}

async function inspect(redsync: Redsync, name: string): Promise<readonly NodeInspection[]> {
  const plain = () => redsync.mutex(name).inspect();
  let fenced: ReturnType<Redsync["mutex"]>;
  try {
    fenced = redsync.mutex(name, { fencing: true });
  } catch {
    return plain();
  }
  const inspections = await fenced.inspect();
  if (inspections.every(({ status }) => status !== "failed")) return inspections;
  const withoutFence = await plain();
  return inspections.map((one, node) => (one.status === "failed" ? (withoutFence[node] ?? one) : one));
}

function sightOf(one: NodeInspection, connections: readonly Connection[]): Sight {
  const { place = String(one.node), failure } = connections[one.node] ?? {};
  if ("error" in one) {
    const said = withPlaces(one.error, connections).replace(`${place}: `, "");
    const error =
      failure === undefined
        ? said.replace(/^refused: /, "the server refuses: ")
        : `cannot be reached: ${failure}`;
    return { node: place, status: one.status, error };
  }
  const { status, owner, remaining, waiters, token } = one;
  return { node: place, status, owner, remaining, waiters, token };
}

/** Who has a name, as far as a quorum says so. */
export interface Verdict {
  readonly status: "free" | "held" | "reserved" | "split" | "unknown";
  readonly owner?: string | undefined;
  /** How many nodes say so. */
  readonly votes: number;
}

/** What a quorum of the nodes agrees on. */
export function verdictOf(sights: readonly Sight[]): Verdict {
  const quorum = Math.floor(sights.length / 2) + 1;
  const answers = sights.filter(({ status }) => status !== "failed" && status !== "unknown");
  if (answers.length < quorum) return { status: "unknown", votes: answers.length };
  for (const { status, owner } of answers) {
    const votes = answers.filter((other) => other.status === status && other.owner === owner).length;
    if (votes >= quorum) return { status: status as Verdict["status"], owner, votes };
  }
  return { status: "split", votes: 0 };
}
