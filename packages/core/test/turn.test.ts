import { expect, it } from "vitest";
import type { Clock } from "../src/clock.ts";
import { Queue } from "../src/waiting/queue.ts";
import { Tries, whenItsTurn } from "../src/waiting/turn.ts";

it("a timer that runs too early is set again, and makes no try that is not counted", async () => {
  let time = 0;
  let run = () => {};
  const clock: Clock = {
    monotonic: () => time,
    wall: () => time,
    setTimer: (callback) => {
      run = callback;
      return callback;
    },
    clearTimer: () => {},
    setKeepAlive: () => true,
  };
  const tries = new Tries(clock, 3, 1, 10);
  const queue = new Queue(clock, () => false, { heldFor: () => undefined });
  const place = queue.join(queue.claim(["a"]));
  let asked = 0;
  const { turn, begin } = whenItsTurn(place, clock, tries, async () => ++asked);
  begin();
  // Node counts from the beginning of the turn in which a timer was set: after 7 ms of work it runs 7 ms too early.
  time = 3;
  run();
  expect([asked, tries.spent]).toEqual([0, 1]);
  time = 10;
  run();
  expect([await turn, tries.spent]).toEqual([1, 2]);
});
