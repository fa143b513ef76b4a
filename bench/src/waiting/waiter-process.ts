// The program of one process that wants a lock which others want as well.
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { Inside } from "./inside.ts";
import type { Assignment, Report, Request, Round, Tally } from "./protocol.ts";
import { type Take, takers } from "./takers.ts";
import { Tasks } from "./tasks.ts";
import { waiter } from "./waiters.ts";

const assignment: Assignment = JSON.parse(process.argv[2] ?? "");

process.on("uncaughtException", (error) => {
  say({ said: "failed", reason: reasonOf(error) }, () => process.exit(1));
});
process.on("disconnect", () => process.exit());

let commands = 0;
countCommands();
const observer = new Redis(assignment.observerPort, "127.0.0.1");
const clients = assignment.ports.map((port) => new Redis(port, "127.0.0.1"));
for (const client of clients) client.on("error", () => {});
await Promise.all([observer, ...clients].map((client) => client.ping()));
const { contestant } = waiter(assignment.waiter);
const take = await takers[contestant]?.(clients, assignment);
if (take === undefined) throw new TypeError(`${contestant} does not run on Node`);

process.on("message", ({ round }: Request) => {
  wait(round).then(
    (tally) => say({ said: "waited", tally }),
    (error) => say({ said: "failed", reason: reasonOf(error) }),
  );
});
say({ said: "ready" });

/** All that is sent to the lock's servers, also over connections that a library opens by itself. */
function countCommands(): void {
  const send = Redis.prototype.sendCommand;
  Redis.prototype.sendCommand = function (this: Redis, ...args: Parameters<typeof send>) {
    if (this.options.port !== assignment.observerPort) commands++;
    return send.apply(this, args);
  };
}

async function wait(round: Round): Promise<Tally> {
  const tasks = new Tasks(take as Take, new Inside(observer, round.name), assignment.process);
  const emptyHeap = round.measuresHeap ? heapUsed() : undefined;
  let sentBefore = commands;
  const done = tasks.run(round);
  if (round.warmUpMs > 0) await Promise.race([done, pause(round.warmUpMs)]);
  // Before the count begins: what it takes to measure the heap is not the lock's.
  const heap = emptyHeap === undefined ? undefined : heapUsed() - emptyHeap;
  if (round.warmUpMs > 0) {
    tasks.restart();
    sentBefore = commands;
  }
  const end = new AbortController();
  await Promise.race([done, pause(round.windowMs, undefined, { signal: end.signal }).catch(() => {})]);
  end.abort();
  while (tasks.acquired < round.fewestTurns) await pause(10);
  return { ...tasks.end(), commands: commands - sentBefore, ...(heap !== undefined && { heap }) };
}

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function say(report: Report, then: () => void = () => {}): void {
  if (process.connected) process.send?.(report, undefined, undefined, then);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
