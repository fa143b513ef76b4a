import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { ToolMissing } from "./channel.ts";
import { countCommands } from "./commands.ts";
import { type ContestantId, contestantsOn, contestantsWithFeatures, mayHang } from "./contestants.ts";
import type { Effort } from "./effort.ts";
import type { Slice } from "./protocol.ts";
import { ContestantFailed, Seat } from "./seat.ts";
import { shuffled } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

/** How one contestant did in one workload. */
export interface Result {
  readonly contestant: ContestantId;
  /** One a round; a hole where the contestant sat it out. */
  readonly slices: (Slice | undefined)[];
  /** How many commands it sends for a pair, to all nodes together. */
  commands?: number;
  /** Why it did not get to the end. */
  failure?: string;
  /** Why it did not even begin: what this machine lacks. */
  lack?: string;
}

interface Player {
  readonly result: Result;
  readonly seat: Seat;
  spentMs: number;
}

/** Everybody runs a slice in every round, in a new order each time: what disturbs the machine disturbs all of them alike. */
export async function compete(
  workload: Workload,
  effort: Effort,
  wanted: (id: ContestantId) => boolean,
): Promise<Result[]> {
  const servers = await startServers(workload.nodes);
  const everybody = workload.features ? contestantsWithFeatures() : contestantsOn(workload.nodes);
  const results = everybody
    .filter((id) => wanted(id) || (workload.features && id === "redsync"))
    .map((contestant): Result => ({ contestant, slices: [] }));
  const players: Player[] = [];
  try {
    for (const result of results) await seat(result, servers, workload, effort, players);
    for (const player of players) await play(player, effort.warmUpMs, effort, false);
    if (workload.lost !== undefined) {
      await lose(servers.slice(-2), workload.lost);
      // What the loss itself costs, such as the first deadline, is over before the rounds begin.
      for (const player of players) await play(player, effort.sliceMs, effort, true);
    }
    const isLost = workload.lost !== undefined;
    for (let round = 0; round < effort.rounds; round++) {
      for (const player of shuffled(players)) {
        player.result.slices[round] = await play(player, effort.sliceMs, effort, isLost);
      }
    }
    if (workload.features) {
      for (const { result, seat } of players) {
        await unlessFailed(result, async () => {
          result.commands = await countCommands(seat, servers, effort.boundMs);
        });
      }
    }
  } finally {
    for (const player of players) player.seat[Symbol.dispose]();
    await Promise.all(servers.map((server) => server.stop()));
  }
  return results;
}

async function seat(
  result: Result,
  servers: readonly RedisServer[],
  { inFlight }: Workload,
  effort: Effort,
  players: Player[],
): Promise<void> {
  const ports = servers.map(({ port }) => port);
  await unlessFailed(result, async () => {
    const taken = await Seat.take({ contestant: result.contestant, ports, inFlight }, effort);
    players.push({ result, seat: taken, spentMs: 0 });
  });
}

/** A slice, or undefined where the contestant has failed or used up its time. Nodes may be lost by then. */
async function play(player: Player, ms: number, effort: Effort, isLost: boolean): Promise<Slice | undefined> {
  if (player.result.failure !== undefined || player.spentMs > effort.budgetMs) return undefined;
  const slice = await unlessFailed(player.result, async () => {
    const boundMs = isLost && mayHang(player.result.contestant) ? effort.hangMs : effort.boundMs;
    const report = await player.seat.ask({ do: "run", ms }, boundMs);
    return report.said === "ran" ? report.slice : undefined;
  });
  // What failed once must not disturb the others from the background.
  if (player.result.failure !== undefined) player.seat[Symbol.dispose]();
  // Only the time beyond its slices counts: slow is measured too, but not for ever.
  player.spentMs += Math.max(0, (slice?.ms ?? 0) - ms);
  return slice;
}

async function unlessFailed<T>(result: Result, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ToolMissing) result.lack = error.message;
    else if (error instanceof ContestantFailed) result.failure = error.message;
    else throw error;
    return undefined;
  }
}

async function lose(servers: readonly RedisServer[], how: "stopped" | "killed"): Promise<void> {
  for (const server of servers) {
    if (how === "stopped") server.freeze();
    else await server.kill();
  }
}
