import type { Command, Reply } from "@redsync/core";
import { describe, expect, it, vi } from "vitest";
import { Connection } from "../src/connection.ts";
import { Journal } from "../src/journal.ts";
import type { NetworkConditions } from "../src/network-conditions.ts";
import type { Process } from "../src/process.ts";
import { answersOf } from "../src/questions.ts";
import { Random } from "../src/random.ts";
import { Scheduler } from "../src/scheduler.ts";
import type { Server } from "../src/server.ts";

// A command with as many questions as it has arguments, each an acquire of a name by the value "v".
vi.mock("../src/questions.ts", async (original) => ({
  ...(await original<typeof import("../src/questions.ts")>()),
  questionsOf: ([, ...names]: Command) => names.map((name) => ({ operation: "acquire", name, value: "v" })),
}));

const calm: NetworkConditions = {
  keepsOrder: false,
  resends: false,
  heedsSignal: false,
  ways: { usual: [1, 2], slow: [3, 4], stray: [5, 6] },
  slow: 0,
  stray: 0,
  late: {},
  requestLoss: 0,
  replyLoss: 0,
  duplicate: 0,
  reportedLoss: 1,
  refusal: 0,
  cutShort: 0,
  lostCalls: 0,
  doubledCalls: 0,
  lateCalls: 0,
  quotes: false,
};

/** Sends a command of two questions, and returns what the journal saw, and what came of it. */
async function sendTwo(conditions: Partial<NetworkConditions>, execute: () => Reply = () => [1, 0]) {
  const scheduler = new Scheduler();
  const seen: string[] = [];
  const journal = new Journal({
    now: () => scheduler.now,
    isOver: () => false,
    onMessage: (message) => {
      const outcome = message.what === "sent" ? "" : ` ${message.outcome}`;
      seen.push(`${message.what} ${message.question.name}${outcome} at ${scheduler.now.toFixed(3)}`);
    },
  });
  const server = {
    index: 0,
    limits: {},
    receive: ({ handle }: { handle: () => void }) => handle(),
    execute: (_: Command, questions: Parameters<typeof answersOf>[1]) => {
      const reply = execute();
      return { reply, outcomes: answersOf(reply, questions) };
    },
  };
  const process = { index: 0, run: (task: () => void) => task() };
  const around = {
    scheduler,
    journal,
    network: { ...calm, ...conditions },
    log: () => {},
    onStop: () => {},
    onCall: () => {},
  };
  const connection = new Connection(
    process as unknown as Process,
    server as unknown as Server,
    around,
    new Random(1),
  );
  const replies: unknown[] = [];
  connection.send(["EVALSHA", "a", "b"]).then(
    (reply) => replies.push(reply),
    (error: Error) => replies.push(error.message),
  );
  await scheduler.run(() => {});
  return {
    seen: seen.map((line) => line.replace(/ at .*/, "")),
    at: seen.map((line) => line.split(" at ")[1]),
    replies,
  };
}

describe("a command of many questions", () => {
  it("is run and answered as a whole, with facts for each question", async () => {
    const { seen, at, replies } = await sendTwo({});
    expect(seen).toEqual([
      "sent a",
      "sent b",
      "executed a 1",
      "executed b 0",
      "answered a 1",
      "answered b 0",
    ]);
    expect(new Set(at).size).toBe(3);
    expect(replies).toEqual([[1, 0]]);
  });

  it("is lost as a whole", async () => {
    const { seen, replies } = await sendTwo({ requestLoss: 1 });
    expect(seen).toEqual(["sent a", "sent b"]);
    expect(replies).toEqual(["read ECONNRESET"]);
  });

  it("is doubled as a whole, and the copy is not answered", async () => {
    const { seen } = await sendTwo({ duplicate: 1 });
    expect(seen.filter((line) => line.startsWith("executed"))).toHaveLength(4);
    expect(seen.filter((line) => line.startsWith("answered"))).toEqual(["answered a 1", "answered b 0"]);
  });

  it("fails as a whole", async () => {
    const { seen, replies } = await sendTwo({}, () => {
      throw new Error("NOSCRIPT");
    });
    expect(seen.slice(4)).toEqual(["answered a Error: NOSCRIPT", "answered b Error: NOSCRIPT"]);
    expect(replies).toEqual(["NOSCRIPT"]);
  });

  it("must have an answer to each", async () => {
    const { replies } = await sendTwo({}, () => [1]);
    expect(replies).toEqual(["1 answers to 2 questions"]);
  });
});
