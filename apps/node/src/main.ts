import { storeIn } from "./booking.ts";
import { type Connection, connect, keeping } from "./show/connections.ts";
import { gather } from "./show/evidence.ts";
import { type Options, readOptions, usage } from "./show/options.js";
import { type Booking, perform } from "./show/perform.ts";
import { performApart } from "./show/processes.ts";
import { keeperOf, listServers } from "./show/quorum.ts";
import { paint, progress } from "./show/terminal.ts";
import { drawTimeline } from "./show/timeline.ts";

const stop = new AbortController();
// Not once: the signal may come twice, from the terminal and from what started us, and must not cut the cleaning short.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop.abort());
// Nobody reads any more, as behind `| head`.
process.stdout.on("error", () => stop.abort());

let failed = 2;
try {
  const options = readOptions(process.argv.slice(2), process.env);
  failed = 1;
  if (options === null) console.log(usage);
  else process.exitCode = await show(options);
} catch (error) {
  if (stop.signal.aborted) console.log("Stopped: the locks are released, the seats are gone.");
  else console.error(paint("red", (error as Error).message));
  process.exitCode = stop.signal.aborted ? 130 : failed;
}

async function show(options: Options): Promise<number> {
  const { client, servers, tasks, processes } = options;
  const connections = await connect(client, servers);
  try {
    const isLocal = client === "memory";
    const where = isLocal ? "this process" : `${processes} processes, through ${client}`;
    const nodes = isLocal ? "3 nodes in memory." : listServers(connections);
    const title = paint("bold", "Many tasks book the seats of one show");
    console.log(`\n${title}: each reads the plan, picks a seat, writes the plan.`);
    console.log(`${tasks} tasks in ${where}, one lock over ${nodes}`);
    const without = await run(options, connections, false);
    const withLock = await run(options, connections, true);
    console.table({ "without a lock": without, "with a lock": withLock });
    const style = withLock.lost === 0 ? "green" : "red";
    console.log(paint(style, `With a lock, ${withLock.lost || "no"} bookings were lost.`));
    if (isLocal) console.log("In several processes: REDIS_URLS=redis://a,redis://b,redis://c npm start");
    return withLock.lost === 0 ? 0 : 1;
  } finally {
    for (const { close } of connections) close();
  }
}

async function run(options: Options, connections: readonly Connection[], isLocked: boolean) {
  stop.signal.throwIfAborted();
  console.log(`\n${paint("bold", isLocked ? "With a lock" : "Without a lock")}`);
  const tasks = Array.from({ length: options.tasks }, (_, task) => task);
  const seats = `redsync-demo:${process.pid}:seats`;
  const keeper = keeperOf(connections);
  const job = { isLocked, seats, keeper, tasks, step: tasks.length, bookings: options.bookings };
  const redis = keeping(connections[keeper] as Connection);
  const bookings: Booking[] = [];
  const shown = progress(options.bookings);
  const onBooking = (booking: Booking) => shown.show(bookings.push(booking));
  try {
    if (options.client === "memory") await perform(job, connections, stop.signal, onBooking);
    else await performApart(job, options, stop.signal, onBooking);
    shown.end();
    console.log(drawTimeline(bookings));
    return gather(bookings, await storeIn(redis, seats).read());
  } finally {
    shown.end();
    // A server that is gone forgets by itself.
    await redis.send(["DEL", seats]).catch(() => {});
  }
}
