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

const YEAR_US = 365 * 24 * 60 * 60 * 1_000_000;

/** A fence so far ahead that no clock counts. */
const FAR = Date.now() * 1_000 + 5 * YEAR_US;

/** A fence that no lock has made. */
const ABSURD = 9_007_199_254_740_000;

const fenced = (operation: string, value: string, token: number): Command => {
  const command = ["EVAL", script.lua, "2", "k", "f", value, operation, "50000"] as const;
  return [...command, `${token}`, "600000"];
};

/** Commands whose replies are compared one by one; of a TTL, a present time and an error only the kind. */
const plays: Readonly<Record<string, readonly Command[]>> = {
  "SET and GET": [
    ["GET", "k"],
    ["SET", "k", "42"],
    ["GET", "k"],
    ["set", "k", ""],
    ["get", "k"],
    ["SET", "k", "v", "NX"],
    ["SET", "new", "v", "nx", "px", "50000"],
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
    ["PEXPIRE", "k", "50000"],
    ["SET", "k", "v"],
    ["PTTL", "k"],
    ["PEXPIRE", "k", "50000"],
    ["PTTL", "k"],
    ["PEXPIRE", "k", "soon"],
    ["PEXPIRE", "k", "0"],
    ["EXISTS", "k"],
  ],
  lists: [
    ["RPUSH", "l", "a"],
    ["PEXPIRE", "l", "50000"],
    ["RPUSH", "l", "b", "c"],
    ["PTTL", "l"],
    ["GET", "l"],
    ["EVAL", script.lua, "1", "l", "value", "acquire", "50000"],
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
    ["EVAL", script.lua, "1", "k", "a", "acquire", "50000"],
    ["EVAL", script.lua, "1", "k", "a", "acquire", "600000"],
    ["PTTL", "k"],
    ["EVAL", script.lua, "1", "k", "b", "acquire", "50000"],
    ["EVALSHA", script.sha1, "1", "k", "a", "verify"],
    ["EVALSHA", script.sha1, "1", "k", "b", "verify"],
    ["EVAL", script.lua, "1", "k", "a", "extend", "50000"],
    ["PTTL", "k"],
    ["EVAL", script.lua, "1", "k", "b", "extend", "50000"],
    ["EVAL", script.lua, "1", "k", "b", "release"],
    ["GET", "k"],
    ["EVAL", script.lua, "1", "k", "a", "release"],
    ["EVAL", script.lua, "1", "k", "a", "release"],
    ["EVAL", script.lua, "1", "k", "a", "extend", "50000"],
    ["SCRIPT", "FLUSH"],
    ["EVALSHA", script.sha1, "1", "k", "a", "release"],
    ["PUBLISH", "channel", "nobody listens"],
    ["PING"],
    ["PING", "hello"],
  ],
  "a fenced lock's life": [
    ["SET", "f", `${FAR}`],
    fenced("acquire", "a", 1),
    ["GET", "f"],
    ["PTTL", "f"],
    ["PTTL", "k"],
    fenced("acquire", "a", 1),
    fenced("acquire", "b", 1),
    fenced("extend", "b", FAR + 50),
    fenced("repair", "b", FAR + 50),
    ["GET", "f"],
    fenced("extend", "a", FAR + 2),
    ["GET", "f"],
    ["PEXPIRE", "f", "50000"],
    fenced("extend", "a", FAR + 10),
    ["GET", "f"],
    ["PTTL", "f"],
    fenced("extend", "a", FAR),
    ["GET", "f"],
    ["EVAL", script.lua, "1", "k", "a", "release"],
    ["GET", "f"],
    fenced("extend", "a", FAR + 20),
    ["GET", "f"],
    fenced("repair", "a", FAR + 20),
    ["GET", "k"],
    ["PTTL", "k"],
    ["GET", "f"],
    ["DEL", "f"],
    fenced("extend", "a", FAR + 20),
    ["GET", "f"],
    ["DEL", "f"],
    fenced("repair", "a", FAR + 30),
    ["GET", "f"],
  ],
  "a repair without fencing": [
    ["EVAL", script.lua, "1", "k", "a", "repair", "50000"],
    ["PTTL", "k"],
    ["PEXPIRE", "k", "600000"],
    ["EVAL", script.lua, "1", "k", "a", "repair", "50000"],
    ["PTTL", "k"],
    ["EVAL", script.lua, "1", "k", "b", "repair", "50000"],
    ["GET", "k"],
  ],
  "proposals that are kept to the node's clock": [
    fenced("acquire", "a", 1),
    ["DEL", "k", "f"],
    fenced("acquire", "a", FAR),
    ["DEL", "k", "f"],
    fenced("acquire", "a", Date.now() * 1_000 - 500_000_000),
    fenced("acquire", "a", Date.now() * 1_000 + 500_000_000),
    ["SET", "f", "5"],
    fenced("acquire", "a", 1),
  ],
  "adoptions, by the token of the fence alone": [
    fenced("adopt", "a", FAR),
    ["SET", "k", "a", "PX", "600000"],
    fenced("adopt", "a", FAR),
    ["PTTL", "k"],
    ["GET", "f"],
    fenced("adopt", "a", FAR - 1),
    fenced("adopt", "a", FAR + 1),
    fenced("adopt", "b", FAR),
    ["GET", "f"],
    ["EVAL", script.lua, "1", "k", "a", "adopt", "50000"],
    ["PTTL", "k"],
  ],
  "a fence that no lock has made": [
    ["SET", "f", `${ABSURD}`],
    fenced("acquire", "a", FAR),
    ["EXISTS", "k"],
    // What was proposed counts as well: the node's own clock may stand still.
    fenced("acquire", "a", ABSURD - YEAR_US),
    ["GET", "f"],
  ],
  "a verification changes nothing": [
    ["SET", "k", "a"],
    ["EVAL", script.lua, "1", "k", "a", "verify"],
    ["PTTL", "k"],
    ["PEXPIRE", "k", "50000"],
    ["EVAL", script.lua, "1", "k", "a", "verify"],
    ["PTTL", "k"],
    ["GET", "k"],
  ],
  "fences that are no numbers": ["apple", "", " ", "1 2", "-", "0x", "12 apples"].flatMap((text) => [
    ["SET", "f", text],
    fenced("acquire", "a", FAR),
    ["EXISTS", "k"],
    ["SET", "k", "a"],
    fenced("extend", "a", FAR),
    fenced("repair", "a", FAR),
    ["PTTL", "k"],
    ["GET", "f"],
    ["DEL", "k"],
  ]),
  "fences that are numbers in other spellings": [" 12 ", "-5", "1e3", "0x10", "1.5"].flatMap((text) => [
    ["SET", "f", text],
    fenced("acquire", "a", FAR),
    ["SET", "f", `9007199254${text.trim().length}00000`],
    fenced("acquire", "a", FAR),
    ["DEL", "k"],
  ]),
  "a fence of another type": [
    ["RPUSH", "f", "item"],
    fenced("acquire", "a", FAR),
    ["EXISTS", "k"],
    ["SET", "k", "a"],
    fenced("extend", "a", FAR),
    ["PTTL", "k"],
  ],
};

/**
 * Whether a reply is the present in microseconds, or a second before it or after it. Where so much time has passed that it may be
 * more than one of them, all that it may be.
 */
function timesOf(reply: unknown, since: number): string[] {
  return [-1, 0, 1].flatMap((off) => {
    const ms = Number(reply) / 1_000 - off * 1_000;
    return ms >= since - 1 && ms <= Date.now() + 1 ? [`the time ${off === 0 ? "" : `and ${off} s`}`] : [];
  });
}

/** What was replied to each command, in all the ways in which it may be read: one, but for a machine that stood still. */

async function replies(send: (command: Command) => Promise<unknown>, commands: readonly Command[]) {
  const told: string[][] = [];
  for (const command of commands) {
    const since = Date.now();
    const reply = await send(command).catch((error: Error) => `(error) ${error.message.split(" ")[0]}`);
    const isTtl = command[0].toUpperCase() === "PTTL" && typeof reply === "number" && reply > 0;
    const shown = isTtl ? `about ${Math.ceil(reply / 50_000) * 50_000}` : JSON.stringify(reply);
    const times = timesOf(reply, since);
    told.push((times.length > 0 ? times : [shown]).map((text) => `${command.join(" ")} → ${text}`));
  }
  return told;
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
