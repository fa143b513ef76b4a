import { type RedisNode, Redsync, script } from "@redsync/core";
import { expect, it } from "vitest";
import { LuaFactory } from "wasmoon";
import { execute } from "../src/commands.ts";
import { Keyspace } from "../src/keyspace.ts";
import { ScriptCache } from "../src/script.ts";

/**
 * Some servers run scripts in Lua 5.4, which tells integers from floats: as an argument, and under RESP2 as a reply, a float
 * becomes a text, in which Lua leaves 14 digits.
 */
const surroundings = `
local function text(value)
  return type(value) == "number" and tostring(value) or value
end
redis = {
  call = function(...)
    local args = {}
    for index, value in ipairs({...}) do args[index] = text(value) end
    return run(args)
  end,
  error_reply = function(message) return { err = message } end,
}
function answer()
  local reply = script()
  return math.type(reply) == "float" and text(reply) or reply
end
`;

/** How a server's clock and replies are. */
interface Ways {
  /** Its TIME in milliseconds; default: the present. */
  readonly time?: () => number;
  /** Whether all numbers come as texts. */
  readonly repliesInText?: boolean;
}

/** A node that runs the Lua of every script that it is sent, in Lua 5.4, over memory's keys. */
async function lua54Node({ time = Date.now, repliesInText = false }: Ways = {}): Promise<RedisNode> {
  const keys = new Keyspace(() => performance.now(), time);
  const server = { keys, scripts: new ScriptCache(), publish: () => 0 };
  const run = (args: string[]): unknown => {
    const [name = "", ...rest] = args;
    if (name !== "TIME") return execute(server, name, rest) ?? false;
    const microseconds = Math.floor(time() * 1_000);
    return [`${Math.floor(microseconds / 1_000_000)}`, `${microseconds % 1_000_000}`];
  };
  const engine = await new LuaFactory().createEngine({ enableProxy: false });
  engine.global.set("run", run);
  await engine.doString(`${surroundings}\nfunction script() ${script.lua} end`);
  return {
    async send([, , count, ...args]) {
      engine.global.set("KEYS", args.slice(0, Number(count)));
      engine.global.set("ARGV", args.slice(Number(count)));
      const reply = engine.global.call("answer")[0];
      if (typeof reply === "object") throw new Error((reply as { err: string }).err);
      return repliesInText ? String(reply) : reply;
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
