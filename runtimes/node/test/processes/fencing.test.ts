import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { until } from "./house.ts";
import { Program } from "./program.ts";
import type { WriterJob, WriterOrder, WriterReport } from "./writer.ts";

const WRITERS = 4;
const STOPS = 3;
/** So short, because others wait until it has run out. */
const EXPIRY_MS = 400;

/** A write to what the lock guards: it remembers the largest token, and refuses smaller ones. Every write is on record. */
const write = (refuses: boolean) => `
local newest = tonumber(redis.call("GET", KEYS[1]) or 0)
local late = tonumber(ARGV[1]) < newest
redis.call("RPUSH", late and "late" or "timely", ARGV[1])
if late and ${refuses} then
  return 0
end
redis.call("SET", KEYS[1], ARGV[1])
return 1`;

let servers: RedisServer[];
let registrar: RedisServer;

beforeAll(async () => {
  servers = await startServers(4);
  [registrar] = servers as [RedisServer];
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));
beforeEach(() => Promise.all(servers.map((server) => server.command("FLUSHALL"))));

const tokensOf = async (record: "timely" | "late") =>
  ((await registrar.command("LRANGE", record, "0", "-1")) as string[]).map(Number);

/** Writers in processes of their own, two of which at a time are stopped in a lock until somebody has locked and written after them. */
async function run(refuses: boolean): Promise<{ accepted: boolean }[]> {
  const job: WriterJob = {
    name: "guarded",
    lockPorts: servers.filter((server) => server !== registrar).map(({ port }) => port),
    registerPort: registrar.port,
    write: write(refuses),
    expiry: EXPIRY_MS,
  };
  const writers = Array.from({ length: WRITERS }, () => new Program<WriterReport>("writer.ts", { ...job }));
  const order = (writer: Program<WriterReport>, what: WriterOrder) => writer.tell(what);
  const stopped = async (writer: Program<WriterReport>) => {
    const writes: { accepted: boolean }[] = [];
    for (let stop = 0; stop < STOPS; stop++) {
      order(writer, "stop");
      const { token } = await writer.next("is about to write");
      writer.signal("SIGSTOP");
      await until(async () => (await tokensOf("timely")).some((newer) => newer > token));
      writer.signal("SIGCONT");
      order(writer, "write");
      writes.push(await writer.next("wrote"));
    }
    return writes;
  };
  try {
    const writes = (await Promise.all(writers.slice(0, 2).map(stopped))).flat();
    for (const writer of writers) order(writer, "end");
    expect(await Promise.all(writers.map((writer) => writer.ended()))).toEqual(writers.map(() => 0));
    return writes;
  } finally {
    await Promise.all(writers.map((writer) => writer.kill()));
  }
}

it("writers that are stopped past their expiry and continued: their late writes are refused by token, all others are in order", async () => {
  const writes = await run(true);

  expect(writes.map(({ accepted }) => accepted)).toEqual(writes.map(() => false));
  expect((await tokensOf("late")).length).toBeGreaterThanOrEqual(2 * STOPS);
  const timely = await tokensOf("timely");
  expect(timely.length).toBeGreaterThan(writes.length);
  expect(timely).toEqual([...new Set(timely)].sort((one, other) => one - other));
});

it("a register that does not look at tokens accepts the late writes", async () => {
  const writes = await run(false);

  const accepted = writes.filter((write) => write.accepted).length;
  console.log(`late writes that only a token would have stopped: ${accepted} of ${writes.length}`);
  expect(accepted).toBeGreaterThan(0);
});
