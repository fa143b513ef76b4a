import type { Booking } from "./booking.ts";
import { type Evidence, gather, isSound } from "./evidence.ts";
import { type Options, readOptions, usage } from "./options.js";
import { processTeam } from "./processes.ts";
import { compare, drawTimeline, judge } from "./report.ts";
import type { Run } from "./run.ts";
import { localTeam, type Team } from "./team.ts";
import { paint, print, progress } from "./terminal.ts";
import { UsageError } from "./usage-error.js";

const stop = new AbortController();
// Not once: the signal may come twice, from the terminal and from what started us, and must not cut the cleaning short.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop.abort());
// Nobody reads any more, as behind `| head`.
process.stdout.on("error", () => stop.abort());

process.exitCode = await main().catch(explain);

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === null) {
    print(usage);
    return 0;
  }
  const team = await gatherTeam(options);
  try {
    return await demonstrate(team, options);
  } finally {
    await team.close();
  }
}

function gatherTeam(options: Options): Promise<Team> | Team {
  return options.servers.length === 0 ? localTeam(options.tasks) : processTeam(options);
}

async function demonstrate(team: Team, options: Options): Promise<number> {
  print(
    `\n${paint("bold", "Many tasks book the seats of one show")}: each reads the plan, picks a seat, writes the plan.`,
  );
  print(team.description);
  const without = await make(team, options, false);
  const withLock = await make(team, options, true);
  print(`\n${compare(without, withLock)}\n\n${judge(without, withLock)}`);
  if (options.servers.length === 0)
    print(
      `\n${paint("dim", "In several processes, over servers of yours: REDIS_URLS=redis://a,redis://b,redis://c npm start")}`,
    );
  return isSound(withLock) ? 0 : 1;
}

async function make(team: Team, { tasks, bookings: total }: Options, locked: boolean): Promise<Evidence> {
  print(`\n${paint("bold", locked ? "With a lock" : "Without a lock")}`);
  const run: Run = { locked, lockName: `redsync-demo:${process.pid}:lock`, tasks: share(total, tasks) };
  const bookings: Booking[] = [];
  const shown = progress(total);
  try {
    stop.signal.throwIfAborted();
    const plan = await team.perform(run, stop.signal, (booking) => shown.show(bookings.push(booking)));
    shown.end();
    print(drawTimeline(bookings, team.label));
    return gather(bookings, plan);
  } catch (error) {
    shown.end();
    throw error;
  }
}

/** Deals the bookings out to the tasks. */
function share(bookings: number, tasks: number): Run["tasks"] {
  return Array.from({ length: tasks }, (_, task) => ({
    task,
    bookings: Math.floor(bookings / tasks) + (task < bookings % tasks ? 1 : 0),
  }));
}

/** What ended the demo early, in words, and as an exit status. */
function explain(error: unknown): number {
  if (stop.signal.aborted) {
    print("Stopped: the locks are released, the seats are gone.");
    return 130;
  }
  const { message } = error as Error;
  process.stderr.write(`${paint("red", message)}\n`);
  return error instanceof UsageError ? 2 : 1;
}
