import { describe, expect, it } from "vitest";
import { timeline } from "../src/show/timeline.ts";

function draw(bookings: readonly { task: number; asked: number; from: number; to: number }[]): string[] {
  const rows = timeline(
    bookings.map((booking) => ({ ...booking, pid: 1 })),
    10,
    1,
  );
  return [...rows.values()];
}

describe("timeline", () => {
  it("shows who waited, at which place by the order of asking, and who was inside, around the middle of the run", () => {
    const bookings = [
      { task: 1, asked: 0, from: 5, to: 8 },
      { task: 0, asked: -1, from: 1, to: 5 },
    ];
    // The middle is 5: the columns are the instants 0 to 9.
    expect(draw(bookings)).toEqual(["1████     ", "21111███  "]);
  });

  it("marks two that are inside at once, and never the instant when one leaves and the next enters", () => {
    const bookings = [
      { task: 0, asked: 2, from: 2, to: 5 },
      { task: 1, asked: 5, from: 5, to: 7 },
      { task: 2, asked: 6, from: 6, to: 9 },
    ];
    // The columns are the instants 0 to 9.
    expect(draw(bookings)).toEqual(["  ███     ", "     █!   ", "      !██ "]);
  });

  it("has no rows if nothing was booked", () => {
    expect(draw([])).toEqual([]);
  });
});
