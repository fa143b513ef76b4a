import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type MutexOptions, type RedisNode, Redsync } from "../src/index.ts";
import { secretOf } from "../src/owner.ts";
import { answering, askedBy, replyTo } from "./answering.ts";

const BASE64 = "[A-Za-z0-9+/]{22}==";

describe("the option owner", () => {
  it.each([
    ["not given", {}, ""],
    ["empty", { owner: "" }, ""],
    ["of a host and a process", { owner: "host-1:4711" }, "host-1:4711"],
    ["of 64 characters", { owner: "✓".repeat(64) }, "✓".repeat(64)],
    ["of odd characters", { owner: "@ ~ {} 🔒" }, "@ ~ {} 🔒"],
  ])("%s begins every value", async (_, options: MutexOptions, owner) => {
    const redsync = new Redsync(answering(1));
    const lock = await redsync.mutex("job", options).lock();
    expect(lock.value.startsWith(`@${owner}/`)).toBe(true);
    expect(lock.value.slice(owner.length + 2)).toMatch(new RegExp(`^${BASE64}$`));
    await lock.unlock();
  });

  it.each([
    ["with a slash", "host/1", RangeError],
    ["with a line's end", "host\n", RangeError],
    ["with a control character", "host\u0085", RangeError],
    ["of 65 characters", "x".repeat(65), RangeError],
    ["not well-formed", "\ud800", RangeError],
    ["of another type", 5, TypeError],
  ])("is refused %s", (_, owner, type) => {
    const make = () => new Redsync(answering(1), { owner: owner as string });
    expect(make).toThrow(type);
    expect(make).toThrow(/owner/);
  });

  it("of a mutex comes before that of its Redsync, and a value that the user makes has none", async () => {
    const redsync = new Redsync(answering(1), { owner: "all" });
    const one = await redsync.mutex("job", { owner: "one" }).lock();
    expect(one.value).toMatch(/^@one\//);
    const made = await redsync.mutex("job", { generateValue: () => "made by hand" }).lock();
    expect(made.value).toBe("made by hand");
  });
});

describe("in a client's error", () => {
  it.each([
    ["without an owner", {}, "@/[value]"],
    ["with one", { owner: "host-1" }, "@host-1/[value]"],
  ])("the owner is shown, and the random part never: %s", async (_, options: MutexOptions, shown) => {
    const values: string[] = [];
    const node: RedisNode = {
      async send(command) {
        const [{ value } = { value: "" }] = askedBy(command);
        values.push(value);
        throw new Error(`ERR cannot: '${command.slice(3).join("' '")}'`);
      },
    };
    const mutex = new Redsync(node, { ...options, tries: 1 }).mutex("job");
    const error = (await mutex.lock().catch((caught: unknown) => caught)) as Error;
    expect(error.message).toContain(shown);
    const everything = inspect(error, { depth: 10 });
    expect(everything).toContain(shown);
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(everything).not.toContain(secretOf(value).slice(0, 8));
  });

  it("only what begins with @ has an owner: all of another value is the secret", () => {
    expect(secretOf("@host/secret/part")).toBe("secret/part");
    expect(secretOf("@/secret")).toBe("secret");
    expect(secretOf("abc/secret")).toBe("abc/secret");
    expect(secretOf("@secret")).toBe("@secret");
    expect(secretOf("@owner/")).toBe("@owner/");
  });
});

describe("a value that begins with ~, as reservations do", () => {
  it("is refused by adopt(), before anything is sent", async () => {
    let sent = 0;
    const node: RedisNode = { send: async (command) => replyTo(command, ++sent) };
    const mutex = new Redsync(node).mutex("job");
    await expect(mutex.adopt("~cabc:1:400:job")).rejects.toThrow(RangeError);
    await expect(mutex.adopt("~cabc:1:400:job")).rejects.toThrow(/^value must not begin with "~"$/);
    expect(sent).toBe(0);
    await expect(mutex.adopt("a~b")).resolves.toBeDefined();
  });

  it("is refused if generateValue makes it, before anything is sent", async () => {
    let sent = 0;
    const node: RedisNode = { send: async (command) => replyTo(command, ++sent) };
    for (const value of ["~", "~x"]) {
      const mutex = new Redsync(node, { generateValue: () => value }).mutex("job");
      await expect(mutex.lock()).rejects.toThrow(/generateValue must not begin with "~"/);
    }
    expect(sent).toBe(0);
  });
});
