import type { RedisNode } from "@redsync/core";
import type { Harness } from "./harness.ts";
import { command } from "./servers/index.ts";

/** A node and what it takes to close the user's clients behind it. */
export interface Connection {
  readonly node: RedisNode;
  close(): unknown;
}

/** The ports of the servers that `with-redis` has started. */
export function givenPorts(): readonly number[] {
  const ports = process.env.REDIS_PORTS;
  if (!ports) throw new Error("REDIS_PORTS is not set: run this by with-redis");
  return ports.split(",").map(Number);
}

/** How many connections a server has, but for those that ask this: the observer's own, and earlier ones not yet dropped. */
async function connectionsOf(port: number): Promise<number> {
  const list = String(await command(port, "CLIENT", "LIST"));
  return list.split("\n").filter((line) => line !== "" && !line.includes("cmd=client")).length;
}

/**
 * A client over the given servers, with connections that all cases share, and `close` for the end. `first` is the index of the
 * first server that it uses (default: 0): harnesses that run at the same time use different ones.
 */
export function overGivenServers(
  name: string,
  connect: (port: number) => Promise<Connection>,
  first = 0,
): Harness & { close(): Promise<void> } {
  const connections = new Map<number, Promise<Connection>>();
  const connected = (port: number) => {
    const connection = connections.get(port) ?? connect(port);
    connections.set(port, connection);
    return connection;
  };
  return {
    name,
    async openNodes(count) {
      const ports = givenPorts().slice(first, first + count);
      const opened = await Promise.all(ports.map(connected));
      return {
        nodes: opened.map(({ node }) => node),
        connections: (node) => connectionsOf(ports[node] as number),
        close: async () => {},
      };
    },
    async close() {
      for (const connection of connections.values()) (await connection).close();
    },
  };
}
