import { expect, it } from "vitest";
import { type RedisNode, Redsync } from "../src/index.ts";
import { replyTo, TAKEN } from "./answering.ts";
import { HandClock } from "./hand-clock.ts";

const OnClock = Redsync as unknown as new (node: RedisNode, options: object, clock: HandClock) => Redsync;

it("a call that is aborted in line rejects with the reason, also if its retryDelay would throw by then", async () => {
  const clock = new HandClock();
  const node: RedisNode = { send: async (command) => replyTo(command, TAKEN) };
  const redsync = new OnClock(node, { tries: Infinity }, clock);
  const first = redsync.mutex("a", { retryDelay: 60_000 }).lock({ timeout: 30_000 });
  const end = first.catch(() => "over");
  await clock.advance(0);
  const controller = new AbortController();
  const retryDelay = (attempt: number) => (attempt > 1 ? Number.NaN : 1_000);
  const behind = redsync
    .mutex("a", { retryDelay })
    .lock({ signal: controller.signal })
    .catch((reason: unknown) => reason);
  await clock.advance(0);
  // The process stood still: the pause is over, and no timer has run.
  clock.time += 5_000;
  controller.abort("enough");
  expect(await behind).toBe("enough");
  await clock.advance(60_000);
  expect(await end).toBe("over");
});
