import { describe, expect, it } from "vitest";
import { type Cell, timeline } from "../src/timeline.ts";

const letters: Record<Cell, string> = { inside: "#", waiting: ".", elsewhere: " " };

function draw(bookings: readonly { task: number; asked: number; from: number; to: number }[]): string[] {
  const { rows, inside } = timeline(
    bookings.map((booking) => ({ ...booking, seat: 0 })),
    10,
    1,
  );
  return [...rows.map(({ cells }) => cells.map((cell) => letters[cell]).join("")), inside.join("")];
}

describe("timeline", () => {
  it("shows who waited and who was inside, around the middle of the run", () => {
    const bookings = [
      { task: 1, asked: 0, from: 5, to: 8 },
      { task: 0, asked: 0, from: 1, to: 5 },
    ];
    // The middle is 5: the columns are the instants 0 to 9.
    expect(draw(bookings)).toEqual([".####     ", ".....###  ", "0111111100"]);
  });

  it("counts two inside at once, and never at the instant when one leaves and the next enters", () => {
    const bookings = [
      { task: 0, asked: 2, from: 2, to: 5 },
      { task: 1, asked: 5, from: 5, to: 7 },
      { task: 2, asked: 6, from: 6, to: 9 },
    ];
    expect(draw(bookings).at(-1)).toBe("0011112110");
  });

  it("has no rows where nothing was booked", () => {
    expect(timeline([], 3, 1)).toEqual({ rows: [], inside: [0, 0, 0], step: 1 });
  });
});
