import { expect, it } from "vitest";
import { WakeUps } from "../src/wake-ups.ts";
import { HandClock } from "./hand-clock.ts";

function opened(isShared = true) {
  const clock = new HandClock();
  const wakeUps = new WakeUps(clock, isShared);
  const ran: string[] = [];
  const set = (name: string, ms: number) =>
    wakeUps.set(() => ran.push(`${name} at ${clock.time - 1_000}`), ms);
  return { clock, ran, set };
}

it("what falls due in the same millisecond shares a timer, which does not keep the process alive", async () => {
  const { clock, ran, set } = opened();
  set("one", 99.7);
  clock.time += 0.5;
  set("other", 99.2);
  set("later", 100);
  expect([...clock.timers].map(({ keepAlive }) => keepAlive)).toEqual([false, false]);
  await clock.advance(200);
  expect(ran).toEqual(["one at 100", "other at 100", "later at 101"]);
  expect(clock.timers.size).toBe(0);
});

it("what is stopped does not run, and the last one takes the timer with it", async () => {
  const { clock, ran, set } = opened();
  const [stopOne, stopOther] = [set("one", 100), set("other", 100)];
  set("third", 200);
  stopOne();
  stopOne();
  expect(clock.timers.size).toBe(2);
  stopOther();
  expect(clock.timers.size).toBe(1);
  set("again", 100);
  stopOther();
  await clock.advance(300);
  expect(ran).toEqual(["again at 100", "third at 200"]);
});

it("what is stopped by one that runs before it does not run", async () => {
  const clock = new HandClock();
  const wakeUps = new WakeUps(clock, true);
  const ran: string[] = [];
  let stop = () => {};
  wakeUps.set(() => stop(), 100);
  stop = wakeUps.set(() => ran.push("stopped"), 100);
  wakeUps.set(() => ran.push("left"), 100);
  await clock.advance(100);
  expect(ran).toEqual(["left"]);
});

it("on Workers each has a timer of its own: one of another request dies with it", async () => {
  const { clock, ran, set } = opened(false);
  set("one", 100);
  set("other", 100)();
  set("third", 100);
  expect(clock.timers.size).toBe(2);
  await clock.advance(100);
  expect(ran).toEqual(["one at 100", "third at 100"]);
});
