import type { Redis } from "ioredis";

/** Which slots the servers of a Cluster have, by the word of each, and whether some of them are on their way. */
export interface Slots {
  readonly text: string;
  readonly areMoving: boolean;
}

/** Asks every server. */
export async function slotsOf(servers: readonly Redis[]): Promise<Slots> {
  const lines = await Promise.all(servers.map(ownSlots));
  const text = lines.join("\n");
  return { text, areMoving: text.includes("[") };
}

/** As if some slot was on its way. */
const UNKNOWN = "[?]";

/** What a server's own line has behind its state, such as "0-5460 [93->-id]": 93 is on its way to another. A user may not be told. */
async function ownSlots(server: Redis): Promise<string> {
  try {
    const nodes = String(await server.call("cluster", ["NODES"]));
    const own = nodes.split("\n").find((line) => /\bmyself\b/.test(line)) ?? "";
    return own.split(" ").slice(8).join(" ");
  } catch {
    return UNKNOWN;
  }
}
