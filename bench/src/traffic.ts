import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { ToolMissing } from "./channel.ts";
import type { Effort } from "./effort.ts";
import type { Entrant } from "./entrant.ts";
import { ContestantFailed, runSlice, takeSeat } from "./seat.ts";

/** What all servers together say to have done for a pair, or why it is not known. */
export interface Traffic {
  readonly entrant: Entrant;
  readonly perPair?: Counts;
  readonly failure?: string;
  readonly lack?: string;
}

interface Counts {
  /** Those that a script calls are among them, as the servers count. */
  readonly commands: number;
  /** What the servers have read. */
  readonly bytes: number;
}

/** One entrant after the other: a server does not say for whom it did something. */
export async function trafficOf(
  entrants: readonly Entrant[],
  nodes: number,
  effort: Effort,
): Promise<Traffic[]> {
  const servers = await startServers(nodes);
  const measured: Traffic[] = [];
  try {
    for (const entrant of entrants) {
      measured.push({ entrant, ...(await perPair(entrant, servers, effort)) });
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
  return measured;
}

async function perPair(
  entrant: Entrant,
  servers: readonly RedisServer[],
  effort: Effort,
): Promise<Omit<Traffic, "entrant">> {
  const ports = servers.map(({ port }) => port);
  try {
    using seat = await takeSeat(entrant, ports, effort);
    await runSlice(seat, effort.sliceMs, effort.boundMs);
    const earlier = await counted(servers);
    const before = await counted(servers);
    const { pairs } = await runSlice(seat, effort.sliceMs, effort.boundMs);
    const after = await counted(servers);
    // Between two questions with nothing in between lies what a question itself costs.
    const own = difference(before, earlier);
    const { commands, bytes } = difference(difference(after, before), own);
    return { perPair: { commands: commands / pairs, bytes: bytes / pairs } };
  } catch (error) {
    if (error instanceof ToolMissing) return { lack: error.message };
    if (error instanceof ContestantFailed) return { failure: error.message };
    throw error;
  }
}

async function counted(servers: readonly RedisServer[]): Promise<Counts> {
  const counts = servers.map(async (server) => {
    const stats = String(await server.command("INFO", "stats"));
    return {
      commands: statistic(stats, "total_commands_processed"),
      bytes: statistic(stats, "total_net_input_bytes"),
    };
  });
  return (await Promise.all(counts)).reduce((sum, { commands, bytes }) => ({
    commands: sum.commands + commands,
    bytes: sum.bytes + bytes,
  }));
}

function statistic(stats: string, name: string): number {
  const [, number] = new RegExp(`^${name}:(\\d+)`, "m").exec(stats) ?? [];
  if (number === undefined) throw new Error(`INFO stats has no ${name}`);
  return Number(number);
}

function difference(after: Counts, before: Counts): Counts {
  return { commands: after.commands - before.commands, bytes: after.bytes - before.bytes };
}
