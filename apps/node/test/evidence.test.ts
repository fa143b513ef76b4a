import { expect, it } from "vitest";
import { gather } from "../src/show/evidence.ts";

const booking = (task: number, from: number, to: number) => ({ task, pid: 1, asked: from, from, to });

it("counts what was confirmed and is not stored as lost", () => {
  const both = [booking(0, 0, 3), booking(1, 1, 4), booking(0, 5, 500)];
  expect(gather(both, [1, 0])).toEqual({ confirmed: 3, stored: 2, lost: 1, seconds: 0.5, "per second": 6 });
  expect(gather(both, [1, 0, 0])).toMatchObject({ stored: 3, lost: 0 });
});
