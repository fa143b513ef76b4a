import type { Redis } from "ioredis";

/** Which slots the servers of a Cluster have, by the word of each, and whether some of them are on their way. */
export interface Slots {
  readonly text: string;
  readonly areMoving: boolean;
}

/** Asks every server. */
export async function slotsOf(servers: readonly Redis[]): Promise<Slots> {
  const views = await Promise.all(servers.map(viewOf));
  const text = views.map((view) => view?.own ?? UNKNOWN).join("\n");
  return { text, areMoving: text.includes("[") };
}

/**
 * Clients of the servers that have no slot yet, but to which some are on their way: a Cluster's client knows nothing of them. Whoever calls
 * this ends them.
 */
export async function newcomersTo(servers: readonly Redis[]): Promise<readonly Redis[]> {
  const clients = new Map<string, Redis>();
  for (const server of servers) {
    const { own, addresses } = (await viewOf(server)) ?? { own: "", addresses: new Map<string, string>() };
    for (const [, id = ""] of own.matchAll(/->-(\w+)\]/g)) {
      const [, host, port] = /^(.+):(\d+)@/.exec(addresses.get(id) ?? "") ?? [];
      if (host === undefined || clients.has(id)) continue;
      // What its commands reject with says why there is no connection.
      clients.set(
        id,
        server.duplicate({ host, port: Number(port) }).on("error", () => {}),
      );
    }
  }
  return [...clients.values()];
}

/** As if some slot was on its way. */
const UNKNOWN = "[?]";

interface View {
  /** What the server's own line has behind its state, such as "0-5460 [93->-id]": 93 is on its way to another. */
  readonly own: string;
  /** Of the servers that have no slots, by their ids. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** What a server says of its Cluster; undefined if it does not tell: a user may lack the right. */
async function viewOf(server: Redis): Promise<View | undefined> {
  try {
    const nodes = String(await server.call("cluster", ["NODES"]));
    const lines = nodes.split("\n").map((line) => line.split(" "));
    const own = lines.find(([, , flags]) => flags?.includes("myself")) ?? [];
    const empty = lines.filter((line) => line.length === 8);
    return {
      own: own.slice(8).join(" "),
      addresses: new Map(empty.map(([id = "", address = ""]) => [id, address])),
    };
  } catch {
    return undefined;
  }
}
