import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { type Command, scripts } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.command("FLUSHALL"));

/** Commands whose replies are compared one by one; of a TTL and of an error only the kind. */
const plays: Readonly<Record<string, readonly Command[]>> = {
  "SET and GET": [
    ["GET", "k"],
    ["SET", "k", "42"],
    ["GET", "k"],
    ["set", "k", ""],
    ["get", "k"],
    ["SET", "k", "v", "NX"],
    ["SET", "new", "v", "nx", "px", "5000"],
    ["PTTL", "new"],
    ["SET", "new", "w"],
    ["PTTL", "new"],
  ],
  "options of SET that nobody has": [
    ["SET", "k", "v", "NONSENSE"],
    ["SET", "k", "v", "NX", "NONSENSE"],
    ["GET", "k"],
  ],
  "expiries that are none": [
    ["SET", "k", "v", "PX", "0"],
    ["SET", "k", "v", "PX", "-5"],
    ["SET", "k", "v", "PX", "1.5"],
    ["SET", "k", "v", "PX", "soon"],
    ["SET", "k", "v", "PX"],
    ["EXISTS", "k"],
  ],
  "DEL and EXISTS": [
    ["SET", "a", "1"],
    ["SET", "b", "2"],
    ["EXISTS", "a", "b", "c", "a"],
    ["DEL", "a", "b", "c"],
    ["DEL", "a"],
    ["DBSIZE"],
  ],
  "PEXPIRE and PTTL": [
    ["PEXPIRE", "k", "5000"],
    ["SET", "k", "v"],
    ["PTTL", "k"],
    ["PEXPIRE", "k", "5000"],
    ["PTTL", "k"],
    ["PEXPIRE", "k", "soon"],
    ["PEXPIRE", "k", "0"],
    ["EXISTS", "k"],
  ],
  lists: [
    ["RPUSH", "l", "a"],
    ["PEXPIRE", "l", "5000"],
    ["RPUSH", "l", "b", "c"],
    ["PTTL", "l"],
    ["GET", "l"],
    ["EVAL", scripts.acquire.lua, "1", "l", "value", "5000"],
    ["EVAL", scripts.release.lua, "1", "l", "value"],
    ["SET", "l", "text"],
    ["RPUSH", "l", "d"],
  ],
  "too few arguments": [
    ["GET"],
    ["SET", "k"],
    ["DEL"],
    ["EXISTS"],
    ["PEXPIRE", "k"],
    ["PTTL"],
    ["RPUSH", "l"],
    ["PUBLISH", "channel"],
    ["EVAL", scripts.acquire.lua],
    ["DBSIZE"],
  ],
  "a lock's life": [
    ["EVALSHA", scripts.verify.sha1, "1", "k", "a"],
    ["EVAL", scripts.verify.lua, "1", "k", "a"],
    ["EVAL", scripts.acquire.lua, "1", "k", "a", "5000"],
    ["EVAL", scripts.acquire.lua, "1", "k", "a", "60000"],
    ["PTTL", "k"],
    ["EVAL", scripts.acquire.lua, "1", "k", "b", "5000"],
    ["EVALSHA", scripts.verify.sha1, "1", "k", "a"],
    ["EVALSHA", scripts.verify.sha1, "1", "k", "b"],
    ["EVAL", scripts.extend.lua, "1", "k", "a", "5000"],
    ["PTTL", "k"],
    ["EVAL", scripts.extend.lua, "1", "k", "b", "5000"],
    ["EVAL", scripts.release.lua, "1", "k", "b"],
    ["GET", "k"],
    ["EVAL", scripts.release.lua, "1", "k", "a"],
    ["EVAL", scripts.release.lua, "1", "k", "a"],
    ["EVAL", scripts.extend.lua, "1", "k", "a", "5000"],
    ["SCRIPT", "FLUSH"],
    ["EVALSHA", scripts.release.sha1, "1", "k", "a"],
    ["PUBLISH", "channel", "nobody listens"],
    ["PING"],
    ["PING", "hello"],
  ],
};

async function replies(send: (command: Command) => Promise<unknown>, commands: readonly Command[]) {
  const told: string[] = [];
  for (const command of commands) {
    const reply = await send(command).catch((error: Error) => `(error) ${error.message.split(" ")[0]}`);
    const isTtl = command[0].toUpperCase() === "PTTL" && typeof reply === "number" && reply > 0;
    told.push(
      `${command.join(" ")} → ${isTtl ? `about ${Math.ceil(reply / 5_000) * 5_000}` : JSON.stringify(reply)}`,
    );
  }
  return told;
}

it.each(Object.keys(plays))("replies as Redis does: %s", async (play) => {
  const commands = plays[play] ?? [];
  const node = memoryNode();
  const expected = await replies((command) => server.command(...command), commands);
  expect(await replies((command) => node.send(command), commands)).toEqual(expected);
});
