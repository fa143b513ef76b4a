import { describe, expect, it } from "vitest";
import type { Booking } from "../src/booking.ts";
import { gather, isSound, overlapping, percentile } from "../src/evidence.ts";

const booking = (task: number, seat: number, from: number, to: number): Booking => ({
  task,
  seat,
  asked: from,
  from,
  to,
});

describe("percentile", () => {
  it("is the smallest number that so many do not exceed", () => {
    const ascending = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect([0, 1, 50, 51, 95, 100].map((percent) => percentile(ascending, percent))).toEqual([
      1, 1, 5, 6, 10, 10,
    ]);
    expect(percentile([7], 95)).toBe(7);
    expect(percentile([], 50)).toBe(0);
  });
});

describe("overlapping", () => {
  it("counts who enters while another is inside, in any order, and not who enters as another leaves", () => {
    const a = { from: 0, to: 10 };
    const b = { from: 10, to: 12 };
    const inA = { from: 2, to: 4 };
    const alsoInA = { from: 5, to: 11 };
    expect(overlapping([])).toBe(0);
    expect(overlapping([b, a])).toBe(0);
    expect(overlapping([inA, a])).toBe(1);
    expect(overlapping([b, alsoInA, inA, a])).toBe(3);
  });
});

describe("gather", () => {
  it("finds lost updates and seats sold more than once", () => {
    const both = [booking(0, 0, 0, 3), booking(1, 0, 1, 4), booking(0, 1, 5, 6)];
    const evidence = gather(both, [1, 0]);
    expect(evidence).toMatchObject({
      confirmed: 3,
      recorded: 2,
      lost: 1,
      oversold: 1,
      overlapping: 1,
      seconds: 0.006,
    });
    expect(evidence).not.toHaveProperty("wait");
    expect(isSound(evidence)).toBe(false);
  });

  it("finds nothing where each had its turn, and counts how the locks ended", () => {
    const first: Booking = { ...booking(0, 0, 1, 3), asked: 0, unlocked: "released" };
    const second: Booking = { ...booking(1, 1, 4, 6), asked: 0, unlocked: "expired" };
    const evidence = gather([second, first], [0, 1]);
    expect(isSound(evidence)).toBe(true);
    expect(evidence.wait).toEqual({ median: 1, p95: 4, max: 4 });
    expect(evidence.unlocked).toEqual({ released: 1, expired: 1, taken: 0, unknown: 0 });
  });
});
