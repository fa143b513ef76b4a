import { eventually } from "./eventually.ts";
import { type RedisServer, startServers } from "./server.ts";

const SLOTS = 16_384;

/** A Redis Cluster of three primaries without replicas. */
export interface RedisCluster extends AsyncDisposable {
  /** The primaries, in the order of their slots. */
  readonly servers: readonly RedisServer[];
  /** Stops every server. */
  stop(): Promise<void>;
}

/** A slot on its way from one primary to another: what it has left there is asked for at the other. */
export interface MovingSlot {
  /** The primary that gives the slot away. */
  readonly from: RedisServer;
  /** The primary that takes it. */
  readonly to: RedisServer;
  /** Moves these keys of the slot, and no others. */
  move(...keys: readonly string[]): Promise<void>;
  /** Moves all that is left, and tells every primary whose the slot is now. */
  finish(): Promise<void>;
}

const firstSlot = (index: number, count: number): number => Math.ceil((index * SLOTS) / count);

async function introduce(server: RedisServer, index: number, servers: readonly RedisServer[]): Promise<void> {
  const from = firstSlot(index, servers.length);
  const to = firstSlot(index + 1, servers.length);
  const slots = Array.from({ length: to - from }, (_, offset) => String(from + offset));
  // Distinct epochs from the start: equal ones would be settled by gossip, later.
  await server.command("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
  await server.command("CLUSTER", "ADDSLOTS", ...slots);
  for (const other of servers) {
    if (other !== server) await server.command("CLUSTER", "MEET", other.host, String(other.port));
  }
}

/**
 * So long that a primary which stands still for seconds is not given up. At first it is short: a primary waits for up to 5 s of it
 * before it accepts writes.
 */
const NODE_TIMEOUT = "60000";

async function agrees(server: RedisServer, count: number): Promise<boolean> {
  const info = String(await server.command("CLUSTER", "INFO"));
  return (
    info.includes("cluster_state:ok") &&
    info.includes(`cluster_slots_ok:${SLOTS}`) &&
    info.includes(`cluster_known_nodes:${count}`)
  );
}

/**
 * Starts a Cluster of three primaries that own all 16384 slots, and resolves once each of them says that it is ok.
 *
 * Takes about 2 s: a primary that has just started waits that long before it accepts writes.
 */
export async function startCluster(): Promise<RedisCluster> {
  const servers = await startServers(3, {
    config: { "cluster-enabled": "yes", "cluster-node-timeout": "2000" },
  });
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    await Promise.all(servers.map(introduce));
    const agreed = async () => {
      for (const server of servers)
        await eventually(`the Cluster is ok, says port ${server.port}`, () => agrees(server, servers.length));
    };
    await agreed();
    for (const server of servers) await server.command("CONFIG", "SET", "cluster-node-timeout", NODE_TIMEOUT);
    await agreed();
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, stop, [Symbol.asyncDispose]: stop };
}

/**
 * Begins to move the slot of a key to the next primary, as `redis-cli --cluster reshard` does: the one is MIGRATING it, the other
 * IMPORTING. No key has moved yet.
 */
export async function beginToMoveSlot({ servers }: RedisCluster, key: string): Promise<MovingSlot> {
  const slot = String(await (servers[0] as RedisServer).command("CLUSTER", "KEYSLOT", key));
  const owner = servers.findIndex((_, index) => Number(slot) < firstSlot(index + 1, servers.length));
  const from = servers[owner] as RedisServer;
  const to = servers[(owner + 1) % servers.length] as RedisServer;
  const [source, destination] = await Promise.all(
    [from, to].map(async (server) => String(await server.command("CLUSTER", "MYID"))),
  );
  const set = (server: RedisServer, ...what: string[]) => server.command("CLUSTER", "SETSLOT", slot, ...what);
  const move = async (...keys: readonly string[]) => {
    if (keys.length === 0) return;
    await from.command("MIGRATE", to.host, String(to.port), "", "0", "5000", "KEYS", ...keys);
  };
  await set(to, "IMPORTING", source as string);
  await set(from, "MIGRATING", destination as string);
  return {
    from,
    to,
    move,
    async finish() {
      await move(...((await from.command("CLUSTER", "GETKEYSINSLOT", slot, "1000")) as string[]));
      // The one that takes it first: from then on a command finds it, wherever it asks.
      for (const server of [to, from, ...servers]) await set(server, "NODE", destination as string);
    },
  };
}
