import { type RedisServer, startServer } from "@redsync/conformance/servers";
import type { Command } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { keyPlays } from "./as-redis-key-plays.ts";
import { scriptPlays } from "./as-redis-script-plays.ts";

/** Commands whose replies are compared one by one; of a TTL, a present time and an error only the kind. */
const plays = { ...keyPlays, ...scriptPlays };

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.command("FLUSHALL"));

/**
 * Whether a reply is the present in microseconds, or a second before it or after it. If so much time has passed that it may be
 * more than one of them, all that it may be.
 */
function timesOf(reply: unknown, since: number): string[] {
  return [-1, 0, 1].flatMap((off) => {
    const ms = Number(reply) / 1_000 - off * 1_000;
    return ms >= since - 1 && ms <= Date.now() + 1 ? [`the time ${off === 0 ? "" : `and ${off} s`}`] : [];
  });
}

/** What was replied to each command, in all the ways in which it may be read: one, except on a machine that stood still. */
async function replies(send: (command: Command) => Promise<unknown>, commands: readonly Command[]) {
  const lines: string[][] = [];
  for (const command of commands) {
    const since = Date.now();
    const reply = await send(command).catch((error: Error) => `(error) ${error.message.split(" ")[0]}`);
    const isTtl = command[0].toUpperCase() === "PTTL" && typeof reply === "number" && reply > 0;
    const shown = isTtl ? `about ${Math.ceil(reply / 50_000) * 50_000}` : JSON.stringify(reply);
    const times = timesOf(reply, since);
    lines.push((times.length > 0 ? times : [shown]).map((text) => `${command.join(" ")} → ${text}`));
  }
  return lines;
}

it.each(Object.keys(plays))("replies as Redis does: %s", async (play) => {
  const commands = plays[play] ?? [];
  const node = memoryNode();
  const expected = await replies((command) => server.command(...command), commands);
  const actual = await replies((command) => node.send(command), commands);
  const common = actual.map((ways, at) => ways.find((way) => expected[at]?.includes(way)));
  expect(actual.map(([way], at) => common[at] ?? way)).toEqual(
    expected.map(([way], at) => common[at] ?? way),
  );
});
