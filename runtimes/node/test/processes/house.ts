import { HandClock } from "@redsync/conformance/hand-clock";
import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { type MutexOptions, type RedisNode, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";

/** How a server is lost, and how it comes back. */
export type Way = { readonly lose: "freeze" | "kill"; readonly regain: "thaw" | "restart" };

/** A `Redsync`, and the clock by which it goes. */
interface Timed {
  readonly redsync: Redsync;
  readonly clock: HandClock;
}

/** Real servers, each with a client as its user would make it, and a `Redsync` over them. */
export interface House extends AsyncDisposable {
  readonly servers: readonly RedisServer[];
  readonly clients: readonly Redis[];
  readonly redsync: Redsync;
  /** What sits under the key on each of these servers. */
  values(key: string, servers?: readonly RedisServer[]): Promise<unknown[]>;
}

/** A house by a clock that stands until the test moves it. */
export interface TimedHouse extends House, Timed {
  /** Stops the server, or kills it: from now on the clock does not wait for it. */
  lose(server: number, way: Way["lose"]): Promise<void>;
  /** Has the server back, and its client connected. */
  regain(server: number, way: Way["regain"]): Promise<void>;
}

/** For whatever is not about time: limits that a machine which stands still for seconds does not meet. */
export const calm: MutexOptions = { expiry: 60_000, timeoutFactor: 0.5 };

/** Takes a clock as well, which its users are not told of. */
const OnClock = Redsync as unknown as new (
  nodes: readonly RedisNode[],
  defaults: MutexOptions,
  clock: HandClock,
) => Redsync;

/** A `Redsync` by a clock that the test moves. Its timers run when every node has answered that is not `isLost`. */
export function timed(
  nodes: readonly RedisNode[],
  defaults: MutexOptions = {},
  isLost: (node: number) => boolean = () => false,
): Timed {
  const unanswered = nodes.map(() => 0);
  const counted = nodes.map((node, index): RedisNode => {
    const count = (change: number) => {
      unanswered[index] = (unanswered[index] ?? 0) + change;
    };
    return {
      ...node,
      send(command, options) {
        count(1);
        return node.send(command, options).finally(() => count(-1));
      },
    };
  });
  const clock = new HandClock(() => unanswered.some((count, node) => count > 0 && !isLost(node)));
  return { redsync: new OnClock(counted, { expiry: 60_000, ...defaults }, clock), clock };
}

async function startClients(count: number) {
  const servers = await startServers(count);
  // A short back-off, so that a test need not wait for a client to notice that its server is back.
  const clients = servers.map(({ port }) => new Redis(port, { retryStrategy: () => 50 }));
  // ioredis reports every failed attempt to connect; the tests look at what redsync makes of it.
  for (const client of clients) client.on("error", () => {});
  return {
    servers,
    clients,
    values: (key: string, of: readonly RedisServer[] = servers) =>
      Promise.all(of.map((server) => server.command("GET", key))),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.disconnect();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** Starts `count` servers and connects a client to each; `calm` unless told otherwise. */
export async function openHouse(count: number, defaults: MutexOptions = {}): Promise<House> {
  const started = await startClients(count);
  const nodes = started.clients.map((client) => ioredisNode(client));
  return { ...started, redsync: new Redsync(nodes, { ...calm, ...defaults }) };
}

/** The same by a clock that the test moves, with keys that stay on the servers for a minute. */
export async function openTimedHouse(count: number, defaults: MutexOptions = {}): Promise<TimedHouse> {
  const started = await startClients(count);
  const { servers, clients } = started;
  const lost = new Set<number>();
  const nodes = clients.map((client) => ioredisNode(client));
  const { redsync, clock } = timed(nodes, defaults, (node) => lost.has(node));
  return {
    ...started,
    redsync,
    clock,
    async lose(server, way) {
      // A call ends with its quorum: what this server was asked by then, and has yet to answer, would go down with it.
      await clock.advance(0);
      lost.add(server);
      await servers[server]?.[way]();
      // What is sent before the client has noticed is lost, also if the server is back by then.
      if (way === "kill") await until(() => clients[server]?.status !== "ready");
    },
    async regain(server, way) {
      await servers[server]?.[way]();
      await until(() => clients[server]?.status === "ready");
      lost.delete(server);
    },
  };
}

/** The keys on a server, but for what a queue remembers of the last unlock for as long as a lock lasts. */
export async function keysOn(server: RedisServer): Promise<readonly string[]> {
  const keys = (await server.command("KEYS", "*")) as string[];
  const ttls = await Promise.all(keys.map((key) => server.command("PTTL", key)));
  return keys.filter((key, index) => !key.endsWith(":queue") || ttls[index] === -1);
}

/** Polls until `check` holds; the limit is for what hangs. */
export async function until(check: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`it did not come true within ${ms} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
