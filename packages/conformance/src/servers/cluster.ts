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

async function introduce(server: RedisServer, index: number, servers: readonly RedisServer[]): Promise<void> {
  const from = Math.ceil((index * SLOTS) / servers.length);
  const to = Math.ceil(((index + 1) * SLOTS) / servers.length);
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
