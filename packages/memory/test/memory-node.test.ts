import { type Command, type Operation, Redsync, script } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
import { describe, expect, it } from "vitest";
import { ask, askByDigest } from "./asking.ts";

/** A node whose clock the test moves. */
function clocked() {
  let time = 1_000_000;
  const node = memoryNode({ now: () => time });
  return {
    node,
    send: (...command: Command) => node.send(command),
    pass: (ms: number) => {
      time += ms;
    },
  };
}

/** One question about "name". */
const asked = (operation: Operation, value: string, expiry = 100): Command =>
  ask({ operation, value, name: "name", expiry });

/** "taken" for so many milliseconds, by somebody who uses no queue. */
const taken = (left: number) => [0, left, expect.any(Number), ""];

describe("expiry", () => {
  it("keeps a key to its last millisecond and not beyond", async () => {
    const { send, pass } = clocked();
    await send("SET", "name", "value", "PX", "100");
    pass(99);
    expect(await send("GET", "name")).toBe("value");
    expect(await send("PTTL", "name")).toBe(1);
    pass(1);
    expect(await send("GET", "name")).toBeNull();
    expect(await send("PTTL", "name")).toBe(-2);
  });

  it("grants a name again once its holder has expired, and never releases the next one's lock for the last one", async () => {
    const { send, pass } = clocked();
    expect(await send(...asked("acquire", "first"))).toEqual([1]);
    expect(await send(...asked("acquire", "second"))).toEqual([taken(100)]);
    pass(100);
    expect(await send(...asked("acquire", "second"))).toEqual([1]);

    expect(await send(...asked("release", "first"))).toEqual([taken(100)]);
    expect(await send(...asked("extend", "first"))).toEqual([taken(100)]);
    expect(await send("GET", "name")).toBe("second");
  });

  it("extends from now, and only what is there", async () => {
    const { send, pass } = clocked();
    await send(...asked("acquire", "value"));
    pass(60);
    expect(await send(...asked("extend", "value"))).toEqual([1]);
    pass(60);
    expect(await send("PTTL", "name")).toBe(40);
    pass(40);
    expect(await send(...asked("extend", "value"))).toEqual([-1]);
    expect(await send("GET", "name")).toBeNull();
  });

  it("sweeps keys that nobody looks at any more", async () => {
    const { send, pass } = clocked();
    for (let number = 0; number < 5_000; number++) await send("SET", `abandoned ${number}`, "v", "PX", "10");
    await send("SET", "alive", "v");
    pass(10);
    for (let number = 0; number < 2_000; number++) await send("SET", "busy", "v");

    expect(await send("DBSIZE")).toBe(2);
    expect(await send("GET", "alive")).toBe("v");
  });

  it("runs on a clock that nobody can set back, unless given another", async () => {
    const node = memoryNode();
    const { now } = Date;
    await node.send(["SET", "name", "value", "PX", "60000"]);
    Date.now = () => now() + 3_600_000;
    try {
      expect(await node.send(["GET", "name"])).toBe("value");
    } finally {
      Date.now = now;
    }
  });
});

describe("core's script", () => {
  it("is known by its digest only once it was sent as text, or loaded", async () => {
    const { send } = clocked();
    const { sha1, lua } = script;
    const command = askByDigest({ operation: "acquire", value: "value" });
    const byDigest = () => send(...command);
    await expect(byDigest()).rejects.toThrow(/^NOSCRIPT /);
    await send(...ask({ operation: "acquire", value: "value" }));
    expect(await byDigest()).toEqual([1]);
    await send("SCRIPT", "FLUSH");
    await expect(byDigest()).rejects.toThrow(/^NOSCRIPT /);
    expect(await send("SCRIPT", "LOAD", lua)).toBe(sha1);
    const [, , ...args] = command;
    expect(await send("EVALSHA", sha1.toUpperCase(), ...args)).toEqual([1]);
  });

  it("answers as many questions as it is asked, none among them", async () => {
    const { send } = clocked();
    await send("SET", "taken", "other", "PX", "700");
    await send("SET", "kept", "other");
    await send("RPUSH", "list", "item");
    await send("SET", "{fenced}:fence", "apple");
    const about = (name: string, operation: Operation = "acquire") => ({ operation, value: "v", name });
    expect(
      await send(
        ...ask(
          about("free"),
          about("taken"),
          { ...about("fenced"), token: 1 },
          about("list"),
          about("kept"),
          about("absent", "verify"),
          about("free", "release"),
          about("free", "release"),
        ),
      ),
    ).toEqual([
      1,
      taken(700),
      "ERR the fence is no number below 2^53-1",
      "WRONGTYPE Operation against a key holding the wrong kind of value",
      taken(-1),
      -1,
      1,
      -1,
    ]);
    expect(await send(...ask())).toEqual([]);
  });

  it("is the only one: it runs no other Lua", async () => {
    await expect(memoryNode().send(["EVAL", "return 1", "0"])).rejects.toThrow(/^ERR .*runs no Lua/);
  });
});

describe("what it does not know", () => {
  it("is refused as a server refuses it", async () => {
    const node = memoryNode();
    await expect(node.send(["HSET", "name", "field", "value"])).rejects.toThrow(
      /^ERR unknown command 'HSET'/,
    );
    await expect(node.send(["constructor"])).rejects.toThrow(/^ERR unknown command/);
    await expect(node.send(["SCRIPT", "DEBUG", "YES"])).rejects.toThrow(/^ERR unknown subcommand/);
  });

  // A lock of a test's own, `SET k v NX EX 8`, would otherwise be one that never expires.
  it.each([["EX", "8"], ["XX"], ["GET"], ["KEEPTTL"], ["PXAT", "1"]])(
    "is refused as an option of SET: %s",
    async (...option) => {
      const node = memoryNode();
      await expect(node.send(["SET", "name", "value", ...option])).rejects.toThrow(/^ERR syntax error/);
      expect(await node.send(["GET", "name"])).toBeNull();
    },
  );

  it("is a TypeError if it is given to memoryNode", () => {
    expect(() => memoryNode({ now: 5 as unknown as () => number })).toThrow(TypeError);
    expect(() => memoryNode({ now: 5 as unknown as () => number })).toThrow(/now/);
  });
});

describe("shared", () => {
  it("by two Redsync it excludes them from each other", async () => {
    const node = memoryNode();
    const [one, two] = [new Redsync(node), new Redsync(node)];
    const held = await one.mutex("shared").lock();
    expect(await two.mutex("shared").tryLock()).toBeNull();
    expect(await held.unlock()).toBe("released");
    const next = await two.mutex("shared").tryLock();
    expect(next?.value).toBe(await node.send(["GET", "shared"]));
    expect(await next?.unlock()).toBe("released");
  });

  it("by nobody: two nodes are two key spaces", async () => {
    const [one, two] = [memoryNode(), memoryNode()];
    await one.send(["SET", "name", "value"]);
    expect(await two.send(["GET", "name"])).toBeNull();
  });

  it("unlocks at the end of a scope", async () => {
    const node = memoryNode();
    {
      await using lock = await new Redsync(node).mutex("scoped").lock();
      expect(await node.send(["GET", "scoped"])).toBe(lock.value);
    }
    expect(await node.send(["GET", "scoped"])).toBeNull();
  });
});

it.each([
  ["an index, as from map()", 5],
  ["null", null],
  ["a text", "text"],
  ["a function", () => {}],
  ["an option that there is not", { clock: () => 5 }],
])("refuses options that are %s", (_, options) => {
  const make = () => memoryNode(options as object);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/^memoryNode\(.*options\) expects \{ \w+ \} as its options, or none$/);
});
