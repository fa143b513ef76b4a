import { expect, it } from "vitest";
import { Redsync } from "../src/index.ts";
import { answering } from "./answering.ts";

const failureOf = (answer: string) =>
  new Redsync(answering(answer), { tries: 2, retryDelay: 0, expiry: 60_000 })
    .mutex("job")
    .lock()
    .catch(String);

it("a right that a server before Redis 7 misses in the script is not tried again", async () => {
  const denied = "The user executing the script can't run this command or subcommand";
  expect(await failureOf(`@user_script: 121: ${denied}`)).toMatch(
    new RegExp(`1 attempt, ended by a refusal that no retry can change: .*node 0: refused: ERR ${denied}$`),
  );
});

it("what passes there is a refusal too, and tried again", async () => {
  expect(
    await failureOf("@user_script: 121: -READONLY You can't write against a read only replica."),
  ).toMatch(/2 attempts.*node 0: refused: READONLY You can't write/);
});
