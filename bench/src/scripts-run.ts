import type { RedisServer } from "@redsync/conformance/servers";
import type { Effort } from "./effort.ts";
import { type ContestantSeat, runSlice } from "./seat.ts";

/** How many scripts all servers together run for a pair of ours, which sends nothing else. */
export async function countScripts(
  seat: ContestantSeat,
  servers: readonly RedisServer[],
  { sliceMs, boundMs }: Effort,
): Promise<number> {
  const before = await scriptsRun(servers);
  const { pairs } = await runSlice(seat, sliceMs, boundMs);
  return ((await scriptsRun(servers)) - before) / pairs;
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
