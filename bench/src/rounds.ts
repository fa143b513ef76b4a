import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { ToolMissing } from "./channel.ts";
import { mayHang } from "./contestants.ts";
import type { Effort } from "./effort.ts";
import type { Entrant } from "./entrant.ts";
import type { Slice } from "./protocol.ts";
import { countScripts } from "./scripts-run.ts";
import { ContestantFailed, type ContestantSeat, runSlice, takeSeat } from "./seat.ts";
import { shuffled } from "./statistics.ts";

/** Who runs against whom, and over what. */
export interface Race {
  readonly entrants: readonly Entrant[];
  /** How many servers. */
  readonly nodes: number;
  /** What becomes of the last two of them once everybody is warm. */
  readonly lost?: "stopped" | "killed" | undefined;
  /** Whether the scripts that the servers run for a pair are counted after the rounds. */
  readonly countsScripts?: boolean | undefined;
}

/** How one entrant did in a race. */
export interface Result {
  readonly entrant: Entrant;
  /** One a round; a hole if the entrant sat it out. */
  readonly slices: (Slice | undefined)[];
  /** How many scripts all servers together run for a pair. */
  scripts?: number;
  /** Why it did not get to the end. */
  failure?: string;
  /** Why it did not even begin: what this machine lacks. */
  lack?: string;
}

interface Player {
  readonly result: Result;
  readonly seat: ContestantSeat;
  spentMs: number;
}

/** Everybody runs a slice in every round, in a new order each time: what disturbs the machine disturbs all of them alike. */
export async function compete(race: Race, effort: Effort): Promise<Result[]> {
  const servers = await startServers(race.nodes);
  const results = race.entrants.map((entrant): Result => ({ entrant, slices: [] }));
  const players: Player[] = [];
  const isLost = race.lost !== undefined;
  try {
    for (const result of results) await seat(result, servers, effort, players);
    for (const player of players) await play(player, effort.warmUpMs, effort, false);
    if (race.lost !== undefined) {
      await lose(servers.slice(-2), race.lost);
      // What the loss itself costs, such as the first deadline, is over before the rounds begin.
      for (const player of players) await play(player, effort.sliceMs, effort, true);
    }
    for (let round = 0; round < effort.rounds; round++) {
      for (const player of shuffled(players)) {
        player.result.slices[round] = await play(player, effort.sliceMs, effort, isLost);
      }
    }
    if (race.countsScripts) {
      for (const { result, seat } of players) {
        await unlessFailed(result, async () => {
          result.scripts = await countScripts(seat, servers, effort);
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
  effort: Effort,
  players: Player[],
): Promise<void> {
  const ports = servers.map(({ port }) => port);
  await unlessFailed(result, async () => {
    const taken = await takeSeat(result.entrant, ports, effort);
    players.push({ result, seat: taken, spentMs: 0 });
  });
}

/** A slice, or undefined if the contestant has failed or used up its time. Nodes may be lost by then. */
async function play(player: Player, ms: number, effort: Effort, isLost: boolean): Promise<Slice | undefined> {
  const { result, seat, spentMs } = player;
  if (result.failure !== undefined || spentMs > effort.budgetMs) return undefined;
  const slice = await unlessFailed(result, () => {
    const boundMs = isLost && mayHang(result.entrant.contestant) ? effort.hangMs : effort.boundMs;
    return runSlice(seat, ms, boundMs);
  });
  // What failed once must not disturb the others from the background.
  if (result.failure !== undefined) seat[Symbol.dispose]();
  // Only the time beyond its slices counts: slow is measured too, but not for ever.
  player.spentMs += Math.max(0, (slice?.ms ?? 0) - ms);
  return slice;
}

async function unlessFailed<T>(
  result: Pick<Result, "failure" | "lack">,
  work: () => Promise<T>,
): Promise<T | undefined> {
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
