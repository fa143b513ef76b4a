import { eventually } from "./eventually.ts";
import { type ServerKind, type TlsFiles, tlsPort } from "./home.ts";
import { type RedisServer, startKind, startServer } from "./server.ts";

const SENTINEL: ServerKind = { args: ["--sentinel"], defaults: [], ready: /Sentinel ID is/ };

/** A primary and its replica under Sentinel. */
export interface SentinelGroup extends AsyncDisposable {
  /** The name under which clients ask Sentinel for the primary. */
  readonly name: "redsync";
  /** The primary at the start; after a failover it is the replica. */
  readonly primary: RedisServer;
  /** The replica at the start. */
  readonly replica: RedisServer;
  /** The Sentinels. */
  readonly sentinels: readonly RedisServer[];
  /** Stops every process of the group. */
  stop(): Promise<void>;
}

/** Where the others of the group reach it. */
function addressOf({ host, port }: RedisServer, tls: TlsFiles | undefined): string {
  return `${host} ${tls ? tlsPort(port) : port}`;
}

function startWatcher(primary: RedisServer, tls: TlsFiles | undefined): Promise<RedisServer> {
  return startKind(SENTINEL, {
    ...(tls && { tls }),
    config: [
      `sentinel monitor redsync ${addressOf(primary, tls)} 1`,
      // A primary that stands still for seconds is not down. A test of a failover sets it lower once the primary is dead.
      "sentinel down-after-milliseconds redsync 60000",
      "sentinel failover-timeout redsync 2000",
    ],
  });
}

/** Sentinel's answers to SENTINEL MASTER and the like are flat lists of fields and values. */
async function field(sentinel: RedisServer, name: string): Promise<unknown> {
  const fields = await sentinel.command("SENTINEL", "MASTER", "redsync");
  return Array.isArray(fields) ? fields[fields.indexOf(name) + 1] : undefined;
}

async function attached(primary: RedisServer): Promise<boolean> {
  return /slave0:.*state=online/.test(String(await primary.command("INFO", "replication")));
}

/**
 * Starts a primary, one replica and one Sentinel (or `sentinels` of them; quorum 1, down after a minute), and resolves
 * once every Sentinel knows the replica and the other Sentinels. With `tls` all of them speak it with each other.
 */
export async function startSentinel(
  options: { readonly sentinels?: number; readonly tls?: TlsFiles } = {},
): Promise<SentinelGroup> {
  const { sentinels: count = 1, tls } = options;
  const started: RedisServer[] = [];
  const keep = (server: RedisServer) => {
    started.push(server);
    return server;
  };
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  try {
    const primary = keep(await startServer({ ...(tls && { tls }) }));
    const replica = keep(
      await startServer({ config: { replicaof: addressOf(primary, tls) }, ...(tls && { tls }) }),
    );
    // Sentinel asks the primary for its replicas at its start and then every 10 s only: not before there is one.
    await eventually("the replica is online", () => attached(primary));
    const sentinels = await Promise.all(
      Array.from({ length: count }, async () => keep(await startWatcher(primary, tls))),
    );
    for (const sentinel of sentinels) {
      await eventually(
        "Sentinel sees the replica",
        async () => (await field(sentinel, "num-slaves")) === "1",
      );
      const others = String(count - 1);
      await eventually(
        "the Sentinels see each other",
        async () => (await field(sentinel, "num-other-sentinels")) === others,
      );
    }
    return { name: "redsync", primary, replica, sentinels, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
