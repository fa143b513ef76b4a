import { expect, it } from "vitest";
import { Outage } from "../src/outage.ts";

/** When, in ms, a node's failures are told, and how many each time, if a command fails at each of these times. */
function told(times: Iterable<number>): [at: number, failures: number][] {
  const outage = new Outage();
  return [...times].flatMap((at): [number, number][] => {
    const failures = outage.count(at);
    return failures > 0 ? [[at, failures]] : [];
  });
}

function* every(ms: number, until: number, from = 0): Generator<number> {
  for (let at = from; at <= until; at += ms) yield at;
}

it("an outage of a minute is reported in a handful of events, which count every failure", () => {
  const events = told(every(10, 60_000));
  expect(events.map(([at]) => at)).toEqual([0, 1_000, 5_000, 21_000]);
  expect(events.map(([, failures]) => failures)).toEqual([1, 100, 400, 1_600]);
});

it("an outage of hours is told once a minute", () => {
  const events = told(every(500, 3_600_000));
  expect(events.slice(4).every(([at], index) => at === 81_000 + 60_000 * index)).toBe(true);
  expect(events.length).toBe(63);
});

it("what fails again after it has answered for a second is told at once", () => {
  const outage = new Outage();
  const events: number[] = [];
  for (const at of [...every(100, 5_000), ...every(100, 12_000, 10_000)]) {
    if (at === 10_000) outage.answered();
    if (outage.count(at) > 0) events.push(at);
  }
  expect(events).toEqual([0, 1_000, 5_000, 10_000, 11_000]);
});

it("what fails as often as it answers is told no more often than what fails all the time", () => {
  const outage = new Outage();
  const events = [...every(10, 60_000)].filter((at) => {
    outage.answered();
    return outage.count(at) > 0;
  });
  expect(events).toEqual([0, 1_000, 5_000, 21_000]);
});
