import { type Command, Redsync, script } from "@redsync/core";
import { expect, it } from "vitest";
import { byDigest, callOf, type Question, questionsOf } from "../src/fixture/questions.ts";

/** What core sends for a pair of lock() and unlock(). */
async function sentByCore(options: object): Promise<Command[]> {
  const sent: Command[] = [];
  const send = async (command: Command) => {
    sent.push(command);
    return questionsOf(command).map(() => 1);
  };
  const lock = await new Redsync({ send }, { generateValue: () => "value", ...options }).mutex("name").lock();
  await lock.unlock();
  return sent;
}

it("reads what core has written", async () => {
  const about = { name: "name", value: "value" };
  expect((await sentByCore({})).flatMap(questionsOf)).toEqual([
    { ...about, operation: "acquire" },
    { ...about, operation: "release", queue: "{name}:queue" },
  ]);
  expect((await sentByCore({ fencing: true })).flatMap(questionsOf)[0]).toEqual({
    ...about,
    operation: "acquire",
    fence: "{name}:fence",
  });
});

it("reads what callOf writes", () => {
  const questions: readonly Question[] = [
    { operation: "verify", name: "name", value: "value" },
    { operation: "acquire", name: "name", value: "value", fence: "{name}:fence" },
    { operation: "release", name: "name", value: "value", queue: "{name}:queue" },
    {
      operation: "acquire",
      name: "name",
      value: "value",
      fence: "{name}:fence",
      queue: "{name}:queue",
      entry: "1 2 ~cx:1:400:name",
    },
  ];
  for (const question of questions) {
    const call = callOf(question, 20_000);
    expect(questionsOf(call)).toEqual([question]);
    expect(questionsOf(byDigest(call))).toEqual([question]);
  }
});

it("finds no question in another command, or in another script", () => {
  expect(questionsOf(["GET", "name"])).toEqual([]);
  expect(questionsOf(["EVALSHA", "0".repeat(40), "1", "name", "value", "acquire"])).toEqual([]);
  expect(questionsOf(["EVAL", script.sha1, "1", "name", "value", "acquire"])).toEqual([]);
});
