import { expect, it } from "vitest";
import type { Clock } from "../src/clock.ts";
import { timers } from "../src/timers.ts";

/** A clock that stands until it is told, and counts its timers. */
function handClock() {
  let time = 0;
  let made = 0;
  const pending = new Map<number, { at: number; run: () => void }>();
  const clock: Clock = {
    monotonic: () => time,
    wall: () => time,
    setTimer(run, ms) {
      pending.set(++made, { at: time + ms, run });
      return made;
    },
    clearTimer: (timer) => pending.delete(timer as number),
  };
  const advance = (to: number) => {
    for (;;) {
      const due = [...pending].filter(([, { at }]) => at <= to).sort(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined) break;
      pending.delete(due[0]);
      time = due[1].at;
      due[1].run();
    }
    time = to;
  };
  return { clock, advance, pending, made: () => made };
}

it("entries of one duration share one timer of the runtime, and run at their own time", () => {
  const { clock, advance, pending } = handClock();
  const after = timers(clock, true, true);
  const ran: string[] = [];
  after(100, () => ran.push("first"));
  advance(40);
  after(100, () => ran.push("second"));
  expect(pending.size).toBe(1);
  advance(139);
  expect(ran).toEqual(["first"]);
  advance(140);
  expect(ran).toEqual(["first", "second"]);
  expect(pending.size).toBe(0);
});

it("a cancelled entry does not run, and the last one takes the runtime's timer with it", () => {
  const { clock, advance, pending } = handClock();
  const after = timers(clock, true, true);
  const ran: string[] = [];
  const cancelFirst = after(100, () => ran.push("first"));
  const cancelSecond = after(100, () => ran.push("second"));
  cancelFirst();
  cancelFirst();
  advance(50);
  cancelSecond();
  expect(pending.size).toBe(0);
  after(100, () => ran.push("third"));
  advance(149);
  expect(ran).toEqual([]);
  advance(150);
  expect(ran).toEqual(["third"]);
});

it("an entry that adds another while it runs, or cancels one, leaves exactly the right timers", () => {
  const { clock, advance, pending } = handClock();
  const after = timers(clock, true, true);
  const ran: string[] = [];
  after(100, () => {
    ran.push("first");
    cancelSecond();
    after(100, () => ran.push("third"));
  });
  const cancelSecond = after(100, () => ran.push("second"));
  advance(100);
  expect(pending.size).toBe(1);
  advance(200);
  expect(ran).toEqual(["first", "third"]);
  expect(pending.size).toBe(0);
});

it("where the runtime can say so, an idle timer stays and lets the process end, and serves the next entry in time", () => {
  const { clock, advance, pending, made } = handClock();
  const alive: boolean[] = [];
  const keepAlive = (_timer: unknown, yes: boolean) => alive.push(yes) > 0;
  const after = timers({ ...clock, keepAlive }, true, true);
  const ran: string[] = [];
  after(100, () => ran.push("first"))();
  expect(alive).toEqual([false]);
  advance(60);
  after(100, () => ran.push("second"));
  expect([alive, made()]).toEqual([[false, true], 1]);
  advance(159);
  expect([ran, pending.size]).toEqual([[], 1]);
  advance(160);
  expect([ran, pending.size]).toEqual([["second"], 0]);
});

it("an entry that is added while another runs does not put off those that wait", () => {
  const { clock, advance } = handClock();
  const after = timers(clock, true, true);
  const ran: string[] = [];
  after(100, () => after(100, () => ran.push("third")));
  advance(10);
  after(100, () => ran.push("second"));
  advance(110);
  expect(ran).toEqual(["second"]);
  advance(200);
  expect(ran).toEqual(["second", "third"]);
});

it("shares nothing where a timer dies with its request", () => {
  const { clock, pending } = handClock();
  const after = timers(clock, true, false);
  after(100, () => {});
  const cancel = after(100, () => {});
  expect(pending.size).toBe(2);
  cancel();
  expect(pending.size).toBe(1);
});
