import { describe, expect, it } from "vitest";
import { type Deadline, Deadlines } from "../src/deadlines.ts";
import { HandClock, HandClockOfNode } from "./hand-clock.ts";

function opened({ isShared = true, clock = new HandClock() } = {}) {
  const deadlines = new Deadlines(clock, isShared);
  const ran: string[] = [];
  return {
    clock,
    ran,
    /** Starts one now, or so many milliseconds ago. */
    start(name: string, ms: number, ago = 0, onDeadline?: () => void): Deadline {
      return deadlines.start(clock.time - ago, ms, {
        onDeadline() {
          ran.push(`${name} at ${clock.time - 1_000}`);
          onDeadline?.();
        },
      });
    },
  };
}

it("deadlines of one length share one timer, which keeps the process alive, and each comes when it is due", async () => {
  const { clock, ran, start } = opened();
  start("first", 100);
  await clock.advance(30);
  start("second", 100);
  start("third", 100);
  expect([...clock.timers].map(({ keepAlive }) => keepAlive)).toEqual([true]);
  await clock.advance(69);
  expect(ran).toEqual([]);
  await clock.advance(1);
  expect(ran).toEqual(["first at 100"]);
  await clock.advance(100);
  expect(ran).toEqual(["first at 100", "second at 130", "third at 130"]);
  expect(clock.timers.size).toBe(0);
});

it("deadlines of several lengths do not wait for each other", async () => {
  const { clock, ran, start } = opened();
  start("long", 500);
  start("short", 50);
  start("longer", 700);
  expect(clock.timers.size).toBe(3);
  await clock.advance(1_000);
  expect(ran).toEqual(["short at 50", "long at 500", "longer at 700"]);
});

it.each([
  ["first", [0]],
  ["middle one", [1]],
  ["last", [2]],
  ["first two", [0, 1]],
  ["last two, backwards", [2, 1]],
  ["first and last", [0, 2]],
])("what is cleared does not run, and what is left does: the %s of three", async (_, cleared) => {
  const { clock, ran, start } = opened();
  const names = ["a", "b", "c"];
  const started = names.map((name) => start(name, 100));
  for (const index of cleared) started[index]?.queue.clear(started[index]);
  await clock.advance(200);
  expect(ran).toEqual(names.filter((_, at) => !cleared.includes(at)).map((name) => `${name} at 100`));
  expect(clock.timers.size).toBe(0);
});

it("no timer is left when all are cleared, also twice, and one that begins then has a timer again", async () => {
  const { clock, ran, start } = opened();
  const one = start("one", 100);
  const other = start("other", 100);
  for (const each of [one, other, one, other]) each.queue.clear(each);
  expect(clock.timers.size).toBe(0);
  start("next", 100);
  one.queue.clear(one);
  await clock.advance(100);
  expect(ran).toEqual(["next at 100"]);
  expect(clock.timers.size).toBe(0);
});

it("what is cleared after its deadline takes nothing of those that follow", async () => {
  const { clock, ran, start } = opened();
  const gone = start("gone", 100);
  await clock.advance(100);
  start("next", 100);
  gone.queue.clear(gone);
  await clock.advance(100);
  expect(ran).toEqual(["gone at 100", "next at 200"]);
});

it("after a clear of the first the timer stays, and the next one still comes when it is due", async () => {
  const { clock, ran, start } = opened();
  const first = start("first", 100);
  await clock.advance(60);
  start("second", 100);
  first.queue.clear(first);
  await clock.advance(99);
  expect(ran).toEqual([]);
  await clock.advance(1);
  expect(ran).toEqual(["second at 160"]);
});

it("after a stall what has arrived meanwhile is counted before the deadline runs", async () => {
  const { clock, ran, start } = opened();
  const first = start("first", 100);
  start("second", 100);
  // Nothing ran for a minute: the timer is overdue, and a reply waits in the socket.
  clock.time += 60_000;
  clock.onTurn = () => {
    clock.onTurn = () => first.queue.clear(first);
  };
  await clock.advance(0);
  expect(ran).toEqual(["second at 60000"]);
});

it("what falls due only while a stall ends waits for a turn of its own", async () => {
  const { clock, ran, start } = opened();
  const first = start("first", 100);
  start("second", 150);
  first.queue.clear(first);
  clock.time += 150;
  await clock.advance(0);
  expect(ran).toEqual(["second at 150"]);
  expect(clock.timers.size).toBe(0);
});

it("a deadline that is added while deadlines run is not run with them, unless it is due", async () => {
  const { clock, ran, start } = opened();
  start("first", 100, 0, () => {
    start("added", 100);
    start("due", 100, 100);
  });
  start("second", 100);
  await clock.advance(100);
  expect(ran.slice(0, 2)).toEqual(["first at 100", "second at 100"]);
  await clock.advance(100);
  expect([...ran].sort()).toEqual(["added at 200", "due at 200", "first at 100", "second at 100"]);
  expect(clock.timers.size).toBe(0);
});

it("a deadline that is cleared by the one before it does not run", async () => {
  const { clock, ran, start } = opened();
  let second: Deadline | undefined;
  start("first", 100, 0, () => second?.queue.clear(second));
  second = start("second", 100);
  start("third", 100);
  await clock.advance(100);
  expect(ran).toEqual(["first at 100", "third at 100"]);
  expect(clock.timers.size).toBe(0);
});

it("on Workers each has a timer of its own: one of another request dies with it", async () => {
  const { clock, ran, start } = opened({ isShared: false });
  start("one", 100);
  start("other", 100);
  expect(clock.timers.size).toBe(2);
  await clock.advance(100);
  expect(ran).toEqual(["one at 100", "other at 100"]);
});

describe("timers that may let the process end while they are set", () => {
  const kept = (clock: HandClock) => [...clock.timers].map(({ keepAlive }) => keepAlive);

  it("one stays set while no deadline is left, lets the process end, and serves the next deadline", async () => {
    const { clock, ran, start } = opened({ clock: new HandClockOfNode() });
    const one = start("one", 100);
    one.queue.clear(one);
    expect(kept(clock)).toEqual([false]);
    await clock.advance(50);
    start("next", 100);
    expect(kept(clock)).toEqual([true]);
    await clock.advance(100);
    expect(ran).toEqual(["next at 150"]);
    await clock.advance(1_000);
    expect(clock.timers.size).toBe(0);
  });

  it("one whose deadlines all go between its two turns is over after them, and a later deadline has a timer", async () => {
    const { clock, ran, start } = opened({ clock: new HandClockOfNode() });
    const one = start("one", 100);
    // Between the timer that is due and the one behind it.
    let turns = 0;
    clock.onTurn = () => {
      if (++turns === 2) one.queue.clear(one);
    };
    await clock.advance(200);
    clock.onTurn = undefined;
    expect(ran).toEqual([]);
    expect(clock.timers.size).toBe(0);
    start("next", 100);
    await clock.advance(100);
    expect(ran).toEqual(["next at 300"]);
  });
});
