// The program of one contestant: a process of its own, so that no contestant shares a heap, compiled code or pile-ups with
// another, and so that one that hangs or crashes can be ended.
import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { contestant } from "./contestants.ts";
import type { Pair } from "./holder.ts";
import { holders } from "./holders.ts";
import type { Assignment, Report, Request, Slice } from "./protocol.ts";

const assignment: Assignment<keyof typeof holders> = JSON.parse(process.argv[2] ?? "");

process.on("uncaughtException", (error) => {
  say({ said: "failed", reason: reasonOf(error) }, () => process.exit(1));
});
process.on("disconnect", () => process.exit());

const pairs = await prepare(assignment);
process.on("message", (request: Request) => {
  answer(request).then(say, (error) => say({ said: "failed", reason: reasonOf(error) }));
});
say({ said: "ready" });

async function prepare(assignment: Assignment<keyof typeof holders>): Promise<Pair[]> {
  const { contestant: id, lane, ports, inFlight, memoryNodes = 0 } = assignment;
  const clients = ports.map((port) => new Redis(port, "127.0.0.1", optionsOf(assignment)));
  for (const client of clients) client.on("error", () => {});
  await Promise.all(clients.map((client) => client.ping()));
  const holder = await holders[id](clients, memoryNodes);
  return Array.from({ length: inFlight }, (_, slot) => holder(`bench:${lane}:${slot}`));
}

/** The client's defaults, but for what is asked about. */
function optionsOf({ contestant: id, commandTimeout }: Assignment) {
  const { autoPipelining = false } = contestant(id);
  return {
    ...(autoPipelining && { enableAutoPipelining: true }),
    ...(commandTimeout !== undefined && { commandTimeout }),
  };
}

async function answer(request: Request): Promise<Report> {
  if (request.do === "run") return { said: "ran", slice: await run(request.ms) };
  return { said: "allocated", bytes: await allocate(request.pairs) };
}

async function run(ms: number): Promise<Slice> {
  let count = 0;
  const before = process.cpuUsage();
  const started = performance.now();
  const end = started + ms;
  const repeat = async (pair: Pair) => {
    do {
      await pair();
      count++;
    } while (performance.now() < end);
  };
  await Promise.all(pairs.map(repeat));
  const took = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { pairs: count, ms: took, cpu: user + system };
}

async function allocate(count: number): Promise<number | null> {
  const collections = new PerformanceObserver(() => {});
  globalThis.gc?.();
  // The entry of a collection comes in a later task: this one's own must not be taken for another.
  await pause(20);
  collections.observe({ entryTypes: ["gc"] });
  const before = process.memoryUsage().heapUsed;
  await inTurn(count);
  const bytes = process.memoryUsage().heapUsed - before;
  await pause(20);
  const wasDisturbed = collections.takeRecords().length > 0;
  collections.disconnect();
  return wasDisturbed ? null : bytes / count;
}

async function inTurn(count: number): Promise<void> {
  let left = count;
  const repeat = async (pair: Pair) => {
    while (left-- > 0) await pair();
  };
  await Promise.all(pairs.map(repeat));
}

function say(report: Report, then: () => void = () => {}): void {
  if (process.connected) process.send?.(report, undefined, undefined, then);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
