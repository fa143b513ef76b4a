import { expect, it } from "vitest";
import { type Clock, elapsed } from "../src/clock.ts";

function clockAt(monotonic: number, wall: number): Clock {
  return { monotonic: () => monotonic, wall: () => wall, setTimer: () => {}, clearTimer: () => {} };
}

it.each([
  ["both clocks went on", 150, 1_150, 150],
  ["the monotonic clock stood still while the machine slept", 10, 9_000, 8_000],
  ["the wall clock was set back", 150, -5_000, 150],
  ["the wall clock was set forward", 150, 3_600_000, 3_599_000],
])("counts the larger of what the clocks saw: %s", (_, monotonic, wall, expected) => {
  const start = { startedAt: 0, startedAtWall: 1_000 };
  expect(elapsed(clockAt(monotonic, wall), start)).toBe(expected);
});
