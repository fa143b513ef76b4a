import type { Connection } from "./connections.ts";

/** The first server that answers: it keeps the seats, too. */
export function keeperOf(connections: readonly Connection[]): number {
  return connections.findIndex(({ failure }) => failure === null);
}

/** Lists the servers, and what is wrong with some. Throws if so many are down that nothing can be locked. */
export function listServers(connections: readonly Connection[]): string {
  const total = `${connections.length} server${connections.length === 1 ? "" : "s"}`;
  const down = connections.filter(({ failure }) => failure !== null);
  const quorum = Math.floor(connections.length / 2) + 1;
  const failures = down.map(({ place, failure }) => `\n  ${place}  ${failure}`).join("");
  if (connections.length - down.length < quorum)
    throw new Error(`${down.length} of ${total} cannot be used, and a lock needs ${quorum}:${failures}`);
  const keeper = connections[keeperOf(connections)];
  const role = (each: Connection) => (each === keeper ? "  keeps the seats, too" : "");
  const state = (each: Connection) => (each.failure ? `  down: ${each.failure}` : role(each));
  return `${total}:${connections.map((each) => `\n  ${each.place}${state(each)}`).join("")}`;
}
