import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type LockFailedError, type NodeError, type RedisNode, Redsync } from "../src/index.ts";
import { messageOf, Redaction } from "../src/redact.ts";

const value = "q83vEjRWeJCrze8SNFZ4kA==";

const redacted = (error: unknown, ...values: string[]) => new Redaction(values).errorOf(error);

describe("a client's error", () => {
  it("that does not carry the value stays what it is", () => {
    const error = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    expect(redacted(error, value)).toBe(error);
  });

  it("is told as it is by an inspection, which has no value", async () => {
    const down: RedisNode = { send: () => Promise.reject(new Error("connect ECONNREFUSED")) };
    const [inspection] = await new Redsync(down).mutex("name").inspect();
    expect(inspection).toMatchObject({
      status: "unknown",
      error: { message: "node 0: no answer: connect ECONNREFUSED" },
    });
  });

  it("that does not carry the value stays what it is, however deep its stack is", () => {
    const error = new Error("too deep");
    error.stack = "at recurse (/srv/app/node_modules/client/index.js:1:1)\n".repeat(200);
    expect(redacted(error, value)).toBe(error);
  });

  it("that carries the command is copied, and the command, which may yet be sent, is left alone", () => {
    const command = ["EVALSHA", "sha", "1", "name", value, "8000"];
    const error = Object.assign(new Error("OOM command not allowed"), { command, code: "OOM" });
    error.name = "ReplyError";
    const copy = redacted(error, value) as Error & { code: string };
    expect(copy).not.toBe(error);
    expect([copy.name, copy.message, copy.code]).toEqual(["ReplyError", "OOM command not allowed", "OOM"]);
    expect(copy).not.toHaveProperty("command");
    expect(command[4]).toBe(value);
    expect(error.command).toBe(command);
  });

  it.each([
    [
      "with spaces",
      "my-hostname 24707 SECRET0.75",
      "'my-hostname 24707 SECRET0.75' 'acquire'",
      "'[value]' 'acquire'",
    ],
    [
      "that is JSON",
      '{"host":"a","id":"SECRET"}',
      'was: ["{\\"host\\":\\"a\\",\\"id\\":\\"SECRET\\"}"]',
      'was: ["[value]"]',
    ],
    ["as a URL writes it", "my-hostname 24707", "POST /my-hostname%2024707/8000", "POST /[value]/8000"],
    ["cut off", "my-hostname 24707 SECRET0.75", "'my-hostname 24707 SEC", "'[value]"],
  ])("does not show a value %s", (_, odd, message, expected) => {
    expect(messageOf(redacted(new Error(message), odd))).toBe(expected);
  });

  it("whose causes lead back to it, or that cannot be read, is replaced", () => {
    const [one, other] = [new Error(`one ${value}`), new Error("other")];
    one.cause = other;
    other.cause = one;
    expect(messageOf(redacted(one, value))).toBe("one [value]");
    expect(redacted(other, value)).not.toBe(other);
    const trap = Object.defineProperty(new Error("trap"), "command", {
      enumerable: true,
      get() {
        throw new Error(value);
      },
    });
    expect(messageOf(redacted(trap, value))).toBe("an error that cannot be read");
  });

  it("that has the value under a symbol is copied, and one that has it in its code is given without", () => {
    const hidden = Object.assign(new Error("gone"), { [Symbol("command")]: { args: [value] } });
    expect(Object.getOwnPropertySymbols(redacted(hidden, value))).toEqual([]);
    expect(redacted(Object.assign(new Error("gone"), { code: `E ${value}` }), value)).toMatchObject({
      message: "gone",
      code: "E [value]",
    });
  });

  it("of several others stays what it is if none carries the value", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED ::1"), { code: "ECONNREFUSED" });
    const all = new AggregateError([refused], "", { cause: refused });
    expect(redacted(all, value)).toBe(all);
    expect(redacted(new AggregateError([new Error(`SET ${value}`)], "all"), value)).not.toHaveProperty(
      "errors",
    );
  });

  it.each([
    ["whole", `cannot send ${value} 8000`, "cannot send [value] 8000"],
    ["as a URL writes it", `POST /${encodeURIComponent(value)}/8000`, "POST /[value]/8000"],
    ["cut off", `cannot send 'name' '${value.slice(0, 20)}`, "cannot send 'name' '[value]"],
    [
      "in what a server quotes of the command",
      `ERR unknown command 'EVALSHA', with args beginning with: 'name' '${value.slice(0, 6)}`,
      "ERR unknown command 'EVALSHA'",
    ],
  ])("does not show the value %s", (_, message, expected) => {
    expect(messageOf(redacted(new Error(message), value))).toBe(expected);
    expect(messageOf(redacted(Object.freeze(new Error(message)), value))).toBe(expected);
    expect(messageOf(redacted(message, value))).toBe(expected);
    const nested = redacted(new Error("failed", { cause: new Error(message) }), value);
    expect(messageOf(nested.cause)).toBe(expected);
    expect(nested.stack).not.toContain(value.slice(0, 8));
  });

  it.each([
    [Object.create(null)],
    [
      {
        toString: () => {
          throw new Error("no");
        },
      },
    ],
    [undefined],
    [Symbol("x")],
    [() => 1],
  ])("may be anything at all: %#", (thrown) => {
    expect(redacted(thrown, value)).toBeInstanceOf(Error);
    expect(typeof messageOf(redacted(thrown, value))).toBe("string");
  });

  it("is searched in linear time, however long it is, and copied up to 2,000 characters", () => {
    const long = `${"q83vEjRW".repeat(2_500_000)} ${value} the end`;
    const before = process.cpuUsage();
    expect(redacted(new Error("x".repeat(20_000_000)), value).message).toBe(`${"x".repeat(2_000)}...`);
    const { message } = redacted(new Error(long), value);
    const { user, system } = process.cpuUsage(before);
    // Of this process alone, so that a busy machine does not count: letter by letter it takes ten seconds and more.
    expect((user + system) / 1_000).toBeLessThan(3_000);
    expect(message.length).toBeLessThanOrEqual(2_003);
    expect(message).not.toContain(value.slice(0, 8));
    const across = redacted(new Error(`${"x".repeat(1_980)}${value} and more`), value);
    expect(across.message).toBe(`${"x".repeat(1_980)}[value]...`);
  });

  it("is not searched before somebody reads the cause, and its message is without the value all the same", async () => {
    let reads = 0;
    const error = new Error(`ERR cannot run '${value}'`);
    const { stack } = error;
    Object.defineProperty(error, "stack", {
      get() {
        reads++;
        return stack;
      },
    });
    const node: RedisNode = { send: () => Promise.reject(error) };
    const mutex = new Redsync(node, { tries: 1, generateValue: () => value }).mutex("read late");
    const failure = (await mutex.lock().catch((caught: unknown) => caught)) as LockFailedError;
    const [outcome] = failure.outcomes;
    expect(failure.message).toContain("cannot run '[value]'");
    expect(failure.cause).toBe(outcome && "error" in outcome && outcome.error);
    expect(reads).toBe(0);
    const client = (failure.cause as NodeError).cause;
    expect(reads).toBeGreaterThan(0);
    expect(messageOf(client)).toBe("ERR cannot run '[value]'");
    expect((failure.cause as NodeError).cause).toBe(client);
    expect(inspect(failure)).toContain("[cause]: Error: ERR cannot run");
    expect(inspect(failure)).not.toContain(value.slice(0, 8));
  });

  it("that is no error is an Error by name", () => {
    expect(String(redacted("gone", value))).toBe("Error: gone");
  });
});
