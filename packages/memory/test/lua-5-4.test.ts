import { LockTakenError, type RedisNode, Redsync, type Reply, script } from "@redsync/core";
import { expect, it } from "vitest";
import { LuaFactory } from "wasmoon";
import { execute } from "../src/commands.ts";
import { Keyspace } from "../src/keyspace.ts";
import { ScriptCache } from "../src/script.ts";
import { ask, entryOf, presently, waiterOf } from "./asking.ts";
import { ofSortedSets } from "./sorted-sets.ts";

/**
 * Some servers run scripts in Lua 5.4, which tells integers from floats: as an argument, and under RESP2 as a reply, a float
 * becomes a text, in which Lua leaves 14 digits.
 */
const surroundings = `
local function text(value)
  return type(value) == "number" and tostring(value) or value
end
redis = {
  pcall = function(...)
    local args = {}
    for index, value in ipairs({...}) do args[index] = text(value) end
    return run(args)
  end,
}
local function replied(reply)
  if type(reply) ~= "table" then return math.type(reply) == "float" and text(reply) or reply end
  local all = {}
  for index, value in ipairs(reply) do all[index] = replied(value) end
  return all
end
function answer()
  return replied(script())
end
`;

/** How a server's clock and replies are. */
interface Ways {
  /** Its TIME in milliseconds; default: the present. */
  readonly time?: () => number;
  /** Who hears a channel; default: nobody. */
  readonly publish?: (channel: string, message: string) => number;
  /** Whether all numbers come as texts. */
  readonly repliesInText?: boolean;
}

/** A reply with all its numbers as texts. */
const inText = (reply: Reply): Reply => (Array.isArray(reply) ? reply.map(inText) : String(reply));

/** A node that runs the Lua of every script that it is sent, in Lua 5.4, over memory's keys. */
async function lua54Node({
  time = Date.now,
  publish = () => 0,
  repliesInText = false,
}: Ways = {}): Promise<RedisNode> {
  const keys = new Keyspace(() => performance.now(), time);
  const server = { keys, scripts: new ScriptCache(), publish };
  const executed = (name: string, args: readonly string[]): unknown => {
    try {
      const ofSets = ofSortedSets(keys, name, args);
      const reply = ofSets === undefined ? execute(server, name, args) : ofSets;
      // A status is a table in Lua.
      return reply === "OK" ? { ok: reply } : (reply ?? false);
    } catch (error) {
      return { err: (error as Error).message };
    }
  };
  const run = (args: string[]): unknown => {
    const [name = "", ...rest] = args;
    if (name !== "TIME") return executed(name, rest);
    const microseconds = Math.floor(time() * 1_000);
    return [`${Math.floor(microseconds / 1_000_000)}`, `${microseconds % 1_000_000}`];
  };
  const engine = await new LuaFactory().createEngine({ enableProxy: false });
  engine.global.set("run", run);
  await engine.doString(`${surroundings}\nfunction script() ${script.lua} end`);
  return {
    async send([word, called = "", count = "", ...args]) {
      if (word !== "EVAL" && word !== "EVALSHA") {
        const rest = [called, count, ...args].filter((text) => text !== "");
        return ofSortedSets(keys, word, rest) ?? execute(server, word, rest);
      }
      engine.global.set("KEYS", args.slice(0, Number(count)));
      engine.global.set("ARGV", args.slice(Number(count)));
      const reply = engine.global.call("answer")[0] as Reply;
      return repliesInText ? inText(reply) : reply;
    },
  };
}

const options = { fencing: true, expiry: 60_000, timeoutFactor: 0.5 } as const;

it("the Lua is that of 5.4", async () => {
  const engine = await new LuaFactory().createEngine();
  expect(await engine.doString("return _VERSION")).toBe("Lua 5.4");
});

it.each([
  ["as they are", {}],
  ["as texts", { repliesInText: true }],
])("tokens are whole numbers in Lua 5.4, and grow (replies %s)", async (_, ways) => {
  const mutex = new Redsync(await lua54Node(ways), options).mutex("name");
  const tokens: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const lock = await mutex.lock();
    tokens.push(lock.token);
    await lock.extend();
    await lock.verify();
    const heir = await mutex.adopt(lock.value, { token: lock.token });
    expect(await heir.unlock()).toBe("released");
  }
  for (const token of tokens) expect(Number.isSafeInteger(token)).toBe(true);
  expect(tokens).toEqual([...new Set(tokens)].sort());
  expect(Math.abs((tokens[0] ?? 0) - Date.now() * 1_000)).toBeLessThan(60_000_000);
});

it("tokens grow over a node whose TIME is 0, and over several of which one is so", async () => {
  const standing = { time: () => 0 };
  for (const nodes of [
    [await lua54Node(standing)],
    [await lua54Node(), await lua54Node(standing), await lua54Node()],
  ]) {
    const mutex = new Redsync(nodes, options).mutex("name");
    let last = 0;
    for (let turn = 0; turn < 3; turn++) {
      const lock = await mutex.lock();
      expect(lock.token).toBeGreaterThan(last);
      last = lock.token;
      expect(await lock.unlock()).toBe("released");
    }
  }
});

it.each([
  ["as they are", {}],
  ["as texts", { repliesInText: true }],
])("answers are those of one command with several questions in Lua 5.4 (replies %s)", async (_, ways) => {
  const node = await lua54Node(ways);
  const redsync = new Redsync(node, options);
  const [one, other] = await Promise.all(["one", "other"].map((name) => redsync.mutex(name).lock()));
  const taken = await Promise.all(["one", "free"].map((name) => redsync.mutex(name).tryLock()));
  expect(taken.map((lock) => lock?.name)).toEqual([undefined, "free"]);
  const error = await redsync
    .mutex("other", { tries: 1 })
    .lock()
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(LockTakenError);
  const [outcome] = (error as LockTakenError).outcomes;
  expect(outcome).toMatchObject({ status: "taken", remaining: expect.any(Number) });
  expect(await Promise.all([one?.unlock(), other?.unlock()])).toEqual(["released", "released"]);
  const gone = await redsync.mutex("other").lock();
  expect(await gone.unlock()).toBe("released");
  await expect(gone.extend()).rejects.toThrow();
});

it("an error is a text in the place of its answer in Lua 5.4 too", async () => {
  const node = await lua54Node();
  await node.send(["SET", "{bad}:fence", "apple"]);
  const command = ask(
    { operation: "acquire", value: "v", name: "bad", token: 1 },
    { operation: "acquire", value: "v", name: "good" },
  );
  expect(await node.send(command)).toEqual(["ERR the fence is no number below 2^53-1", 1]);
});

it.each([
  ["as they are", {}],
  ["as texts", { repliesInText: true }],
])("waiting goes by whole numbers in Lua 5.4 too (replies %s)", async (_, ways) => {
  const called: string[] = [];
  const publish = (channel: string, message: string) => called.push(`${channel} ${message}`) && 1;
  const node = await lua54Node({ ...ways, publish });
  const [one, two] = [waiterOf("c", "live", 1), waiterOf("c", "live", 2)];
  const queued = (operation: "acquire" | "release", value: string, entry = "") =>
    node.send(presently(ask({ operation, value, entry })));
  const numbers = (reply: Reply) =>
    (reply as Reply[]).flat().map((each) => (each === "" ? each : Number(each)));
  await queued("acquire", "held");
  const asked = Date.now() * 1_000;
  const [taken, left, time, who, place] = numbers(await queued("acquire", "b", entryOf(one, 5)));
  expect([taken, who, place]).toEqual([0, "", 0]);
  expect(Math.abs(Number(left) - 3_000_000)).toBeLessThan(600_000);
  expect(Math.abs(Number(time) - asked)).toBeLessThan(60_000_000);
  // A waited time and a score of more than 14 digits, and a score that is kept to the clock.
  expect(numbers(await queued("acquire", "c", `9007199254740000 0 ${two}`))[4]).toBe(1);
  const [, score, , kept] = (await node.send(["ZRANGE", "q", "0", "-1", "WITHSCORES"])) as string[];
  expect(score).toMatch(/^\d{16}$/);
  expect(kept).toMatch(/^\d{16}$/);
  expect(Math.abs(Number(kept) - asked - 1_000_000)).toBeLessThan(30_000_000);
  expect(numbers(await queued("release", "held"))).toEqual([1]);
  expect(await node.send(["ZSCORE", "q", "=held"])).toBe(`${Number.MAX_SAFE_INTEGER}`);
  expect(called).toEqual([`redsync:live ${one}`]);
  expect(numbers(await queued("release", "held"))).toEqual([1]);
  expect(numbers(await queued("acquire", "b", entryOf(one, 5)))).toEqual([1]);
  expect(numbers(await queued("release", "b"))).toEqual([1]);
  expect(await node.send(["GET", "k"])).toBe(two);
  expect(numbers(await queued("release", two))).toEqual([1]);
  expect(await node.send(["EXISTS", "k"])).toBe(0);
});
