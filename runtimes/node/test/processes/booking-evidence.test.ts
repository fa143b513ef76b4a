import { describe, expect, it } from "vitest";
import { gather, overlapping } from "./booking-evidence.ts";

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
    const bookings = [
      { seat: 0, from: 0, to: 3 },
      { seat: 0, from: 1, to: 4 },
      { seat: 1, from: 5, to: 6 },
    ];
    expect(gather(bookings, [1, 0])).toEqual({ confirmed: 3, lost: 1, oversold: 1, overlapping: 1 });
  });

  it("finds nothing if each had its turn", () => {
    const bookings = [
      { seat: 1, from: 4, to: 6 },
      { seat: 0, from: 1, to: 3 },
    ];
    expect(gather(bookings, [0, 1])).toEqual({ confirmed: 2, lost: 0, oversold: 0, overlapping: 0 });
  });
});
