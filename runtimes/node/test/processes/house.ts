import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { type MutexOptions, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";

/** Real servers, each with a client as its user would make it, and a `Redsync` over them. */
export interface House extends AsyncDisposable {
  readonly servers: readonly RedisServer[];
  readonly clients: readonly Redis[];
  readonly redsync: Redsync;
  /** What sits under the key on each of these servers. */
  values(key: string, servers?: readonly RedisServer[]): Promise<unknown[]>;
}

/** Starts `count` servers and connects a client to each. */
export async function openHouse(count: number, defaults: MutexOptions = {}): Promise<House> {
  const servers = await startServers(count);
  // A short back-off, so that a test need not wait for a client to notice that its server is back.
  const clients = servers.map(({ port }) => new Redis(port, { retryStrategy: () => 50 }));
  // ioredis reports every failed attempt to connect; the tests look at what redsync makes of it.
  for (const client of clients) client.on("error", () => {});
  return {
    servers,
    clients,
    redsync: new Redsync(
      clients.map((client) => ioredisNode(client)),
      defaults,
    ),
    values: (key, of = servers) => Promise.all(of.map((server) => server.command("GET", key))),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.disconnect();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** Polls until `check` holds. */
export async function until(check: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`it did not come true within ${ms} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
