import { expect, it } from "vitest";
import { nameOf } from "../src/run/tick.ts";

const HOUR = 3_600_000;
const at = (time: string) => Date.parse(`2026-03-01T${time}Z`);
const tickAt = (time: string, every = HOUR, offset = 0) => nameOf("{tick}", { every, offset }, at(time));

it.each([
  ["12:00:00", "12:00:00"],
  ["11:59:58", "12:00:00"],
  ["12:00:10", "12:00:00"],
  ["12:30:00", "12:00:00"],
  ["12:44:00", "12:00:00"],
  ["11:46:00", "12:00:00"],
])("an hour's run at %s is that of %s", (time, tick) => {
  expect(tickAt(time)).toBe(`2026-03-01T${tick}.000Z`);
});

it("an offset moves the ticks", () => {
  const half = HOUR / 2;
  expect(tickAt("12:29:58", HOUR, half)).toBe("2026-03-01T12:30:00.000Z");
  expect(tickAt("13:10:00", HOUR, half)).toBe("2026-03-01T12:30:00.000Z");
});

it("a day begins at midnight, UTC", () => {
  expect(tickAt("02:00:00", 24 * HOUR)).toBe("2026-03-01T00:00:00.000Z");
});

it.each(["11:44:45", "11:45:00", "11:45:20"])(
  "a run at %s, about which machines may not agree, is refused",
  (time) => {
    expect(() => tickAt(time)).toThrow("--tick-offset");
  },
);

it("stands in the name wherever it is wanted", () => {
  expect(nameOf("a:{tick}:b", { every: HOUR, offset: 0 }, at("12:00:00"))).toBe(
    "a:2026-03-01T12:00:00.000Z:b",
  );
  expect(nameOf("a", undefined, 0)).toBe("a");
});
