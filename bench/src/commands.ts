import type { RedisServer } from "@redsync/conformance/servers";
import type { Seat } from "./seat.ts";

const PAIRS = 100;

/** How many commands the servers say to have received for a pair: scripts, for that is all that is sent. */
export async function countCommands(
  seat: Seat,
  servers: readonly RedisServer[],
  boundMs: number,
): Promise<number> {
  const before = await scriptsRun(servers);
  await seat.ask({ do: "repeat", pairs: PAIRS }, boundMs);
  return ((await scriptsRun(servers)) - before) / PAIRS;
}

async function scriptsRun(servers: readonly RedisServer[]): Promise<number> {
  const counts = servers.map(async (server) => {
    const stats = String(await server.command("INFO", "commandstats"));
    return [...stats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)]
      .map(([, calls]) => Number(calls))
      .reduce((sum, calls) => sum + calls, 0);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
