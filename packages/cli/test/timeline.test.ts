import { expect, it } from "vitest";
import type { Moment } from "../src/watch/moment.ts";
import { drawing } from "../src/watch/timeline.ts";

const moment = (second: number, more: Partial<Moment>): Moment => ({
  time: new Date(Date.UTC(2026, 2, 1, 12, 0, second)),
  status: "free",
  votes: 1,
  nodes: 1,
  remaining: 0,
  waiters: 0,
  token: undefined,
  ...more,
});
const held = (second: number, owner: string, waiters = 0) =>
  moment(second, { status: "held", owner, waiters, remaining: 5_000 });

it("has a row for each holder, and one for who waits", () => {
  const moments = [
    moment(0, {}),
    held(1, "web-1"),
    held(2, "web-1", 1),
    held(3, "web-2", 12),
    moment(4, { status: "unknown" }),
  ];
  expect(drawing("job", moments, 60)).toEqual([
    "job  12:00:00 to 12:00:04 UTC",
    "web-1    ·██··",
    "web-2    ···█·",
    "waiting  ··1+·",
    "trouble  ····?",
    "unknown: too few nodes answer",
  ]);
});

it("keeps to the width, with what came last, whatever a name or an owner has in it", () => {
  const moments = Array.from({ length: 100 }, (_, index) => held(index % 60, "\x1b[31mweb\n-1"));
  const rows = drawing("job\x1b[2J", moments, 40);
  expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(40);
  expect(rows.join("")).not.toMatch(/\p{Cc}/u);
});
