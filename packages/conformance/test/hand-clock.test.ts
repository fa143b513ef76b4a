import { beforeEach, expect, it } from "vitest";
import { HandClock } from "../src/hand-clock.ts";

let busy = 0;
let clock: HandClock;
let ran: string[];

/** Notes when it ran. */
const note = (what: string) => () => void ran.push(`${what} ${clock.monotonic() - 1_000}`);

const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(() => {
  busy = 0;
  ran = [];
  clock = new HandClock(() => busy > 0);
});

it("stands until it is moved, by either clock", async () => {
  clock.setTimer(note("timer"), 0);
  const before = [clock.monotonic(), clock.wall()];
  expect(Math.abs(clock.wall() - Date.now())).toBeLessThan(5_000);
  await turn();
  expect([clock.monotonic(), clock.wall()]).toEqual(before);
  expect(ran).toEqual([]);
  await clock.advance(10);
  clock.ahead = 5;
  expect([clock.monotonic(), clock.wall()]).toEqual(before.map((ms, index) => ms + (index === 0 ? 10 : 15)));
});

it("runs what falls due in its order, each at its time, with what that leads to", async () => {
  clock.setTimer(note("later"), 30);
  clock.setTimer(note("after"), 31);
  clock.setTimer(() => {
    note("first")();
    clock.setTimer(note("from it"), 5);
  }, 10);
  clock.clearTimer(clock.setTimer(note("cleared"), 20));
  await clock.advance(30);
  expect(ran).toEqual(["first 10", "from it 15", "later 30"]);
  expect([clock.monotonic(), clock.timers]).toEqual([1_030, 1]);
});

it("waits while a node is busy, and for what the answer leads to", async () => {
  busy = 1;
  clock.setTimer(note("deadline"), 10);
  let isOver = false;
  const moving = clock.advance(10).then(() => {
    isOver = true;
  });
  await turn();
  expect([ran, isOver]).toEqual([[], false]);
  busy = 0;
  await moving;
  expect(ran).toEqual(["deadline 10"]);
});

it("passes from timer to timer until a promise settles, and no further", async () => {
  const promise = new Promise((resolve) => clock.setTimer(() => resolve("result"), 20_000));
  clock.setTimer(note("later"), 20_001);
  expect(await clock.pass(promise)).toBe("result");
  expect([ran, clock.monotonic()]).toEqual([[], 21_000]);
  await expect(clock.pass(Promise.reject(new Error("failed")))).rejects.toThrow("failed");
});
