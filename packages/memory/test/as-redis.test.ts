import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { type Command, script } from "@redsync/core";
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
    ["EVAL", script.lua, "1", "l", "value", "acquire", "5000"],
    ["EVAL", script.lua, "1", "l", "value", "release"],
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
    ["EVAL", script.lua],
    ["DBSIZE"],
  ],
  "a lock's life": [
    ["SCRIPT", "FLUSH"],
    ["EVALSHA", script.sha1, "1", "k", "a", "verify"],
    ["EVAL", script.lua, "1", "k", "a", "verify"],
    ["EVAL", script.lua, "1", "k", "a", "acquire", "5000"],
    ["EVAL", script.lua, "1", "k", "a", "acquire", "60000"],
    ["PTTL", "k"],
    ["EVAL", script.lua, "1", "k", "b", "acquire", "5000"],
    ["EVALSHA", script.sha1, "1", "k", "a", "verify"],
    ["EVALSHA", script.sha1, "1", "k", "b", "verify"],
    ["EVAL", script.lua, "1", "k", "a", "extend", "5000"],
    ["PTTL", "k"],
    ["EVAL", script.lua, "1", "k", "b", "extend", "5000"],
    ["EVAL", script.lua, "1", "k", "b", "release"],
    ["GET", "k"],
    ["EVAL", script.lua, "1", "k", "a", "release"],
    ["EVAL", script.lua, "1", "k", "a", "release"],
    ["EVAL", script.lua, "1", "k", "a", "extend", "5000"],
    ["SCRIPT", "FLUSH"],
    ["EVALSHA", script.sha1, "1", "k", "a", "release"],
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
