import { once } from "node:events";
import { describe, expect, it } from "vitest";
import {
  type LockFailedError,
  type LockLostError,
  type NodeError,
  type RedisNode,
  Redsync,
  type Reply,
} from "../src/index.ts";
import { answering, askedBy, replyTo, TAKEN } from "./answering.ts";

const value = "the-proof-of-ownership";

/** The error of a `lock()` over nodes that fail with these. */
async function failureOf(...errors: readonly unknown[]): Promise<LockFailedError> {
  const nodes = errors.map((error): RedisNode => ({ send: () => Promise.reject(error) }));
  const mutex = new Redsync(nodes, { tries: 1, generateValue: () => value }).mutex("job");
  return (await mutex.lock().catch((caught: unknown) => caught)) as LockFailedError;
}

const refused = (address: string) =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}:6379`), { code: "ECONNREFUSED" });

describe("the message of a failure has the client's own reason, as deep as it is", () => {
  it.each<[what: string, error: unknown, says: string]>([
    [
      "behind a closed connection",
      new Error("Connection is closed.", { cause: refused("127.0.0.1") }),
      "no answer: Connection is closed. (connect ECONNREFUSED 127.0.0.1:6379)",
    ],
    [
      "in an AggregateError without a message, one for each address",
      Object.assign(new AggregateError([refused("::1"), refused("127.0.0.1")], ""), { code: "ECONNREFUSED" }),
      "no answer: ECONNREFUSED (connect ECONNREFUSED ::1:6379, connect ECONNREFUSED 127.0.0.1:6379)",
    ],
    [
      "two causes down",
      new Error("fetch failed", { cause: new Error("", { cause: refused("127.0.0.1") }) }),
      "no answer: fetch failed (connect ECONNREFUSED 127.0.0.1:6379)",
    ],
    ["in a code alone", Object.assign(new Error("socket"), { code: "ECONNRESET" }), "socket ECONNRESET"],
    [
      "once, if a cause only repeats it",
      new Error("NOAUTH Authentication required.", { cause: new Error("NOAUTH Authentication required.") }),
      "refused: NOAUTH Authentication required.",
    ],
    ["in a string", new Error("gone", { cause: "the cable" }), "no answer: gone (the cable)"],
    [
      "without the value of the lock",
      new Error("gone", { cause: new Error(`SET ${value}`) }),
      "gone (SET [value])",
    ],
  ])("%s", async (_, error, says) => {
    expect((await failureOf(error)).message).toMatch(
      new RegExp(`${says.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&")}$`),
    );
  });

  it("also if causes lead back to where they came from", async () => {
    const [one, other] = [new Error("one"), new Error("other")];
    one.cause = other;
    other.cause = one;
    expect((await failureOf(one)).message).toContain("no answer: one (other");
  });
});

describe("an error as JSON", () => {
  it("keeps its code, its message and what each node said, and has no secret", async () => {
    const error = await failureOf(new Error(`OOM, command was: ${value}`), refused("127.0.0.1"));
    const json = JSON.parse(JSON.stringify(error));
    const node = (index: number, said: string) => ({
      name: "job",
      node: index,
      status: "unknown",
      error: { name: "NodeError", code: "REDSYNC_NODE", message: said, node: index, refused: false },
    });
    expect(json).toEqual({
      name: "LockFailedError",
      code: "REDSYNC_LOCK_FAILED",
      message: error.message,
      attempts: 1,
      timedOut: false,
      before: 0,
      outcomes: [
        node(0, "node 0: no answer: OOM, command was: [value]"),
        node(1, "node 1: no answer: connect ECONNREFUSED 127.0.0.1:6379"),
      ],
    });
    expect(JSON.stringify(error)).not.toContain(value);
    expect(JSON.parse(JSON.stringify(error.cause as NodeError)).code).toBe("REDSYNC_NODE");
  });

  it("does not show what the callback of using() returned", async () => {
    let answer: Reply = 1;
    const node: RedisNode = { send: async (command) => replyTo(command, answer) };
    const using = new Redsync(node).mutex("job").using(async (lock) => {
      answer = TAKEN;
      await lock.extend().catch(() => {});
      return "a secret of the callback";
    });
    const error = (await using.catch((caught: unknown) => caught)) as LockLostError;
    expect(error.result).toBe("a secret of the callback");
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: "REDSYNC_LOCK_LOST", reason: "taken" });
    expect(JSON.stringify(error)).not.toContain("secret");
  });
});

describe("the error of using() says itself", () => {
  // A machine that stands still for 10 ms loses the lock before it is looked at.
  const untilLost = async (signal: AbortSignal) => signal.aborted || (await once(signal, "abort"));

  it.each<[what: string, options: object, onHeld: (redsync: Redsync) => void, says: RegExp]>([
    [
      "that maxHold ended the lock",
      { maxHold: 10 },
      () => {},
      /^"job" was held for its maxHold of 10 ms at \S+Z before its work was done$/,
    ],
    [
      "that close() ended it",
      {},
      (redsync) => void redsync.close({ timeout: 0 }),
      /^"job" was ended by redsync\.close\(\) before its work was done$/,
    ],
  ])("%s", async (_, options, onHeld, says) => {
    const redsync = new Redsync(answering(1), options);
    const using = redsync.mutex("job").using((lock) => {
      const lost = untilLost(lock.signal);
      onHeld(redsync);
      return lost;
    });
    await expect(using).rejects.toThrow(says);
  });
});

it("of many names the message shows those that were not granted", async () => {
  const answer = (name: string) => (name === "name 39" ? TAKEN : 1);
  const node = (): RedisNode => ({
    send: async (command) => askedBy(command).map(({ name }) => answer(name)),
  });
  const names = Array.from({ length: 40 }, (_, index) => `name ${index}`);
  // With failFast most of them are not waited for any more when one is found taken.
  for (const failFast of [true, false]) {
    const mutex = new Redsync([node(), node(), node()], { tries: 1, failFast }).mutex(names);
    const error = (await mutex.lock().catch((caught: unknown) => caught)) as LockFailedError;
    expect(error.message).toContain('"name 39" node 0: taken, 1.0 s left');
    expect(error.message).not.toContain(": ok");
    expect(error.outcomes.length).toBe(120);
  }
});

it("several nodes without an array belong in one", () => {
  const node = answering(1);
  expect(() => new Redsync(node, { ...node } as object)).toThrow(
    "several nodes go in an array: new Redsync([a, b])",
  );
});
