import { afterEach, expect, it, vi } from "vitest";
import { randomValue } from "../src/random-value.ts";

afterEach(() => vi.restoreAllMocks());

it("is drawn in blocks while the wall clock stands, and anew where it was set forward or back by more than 3 ms", () => {
  let present = 5_000;
  vi.spyOn(Date, "now").mockImplementation(() => present);
  const draw = vi.spyOn(crypto, "getRandomValues");
  for (let drawn = 0; drawn < 128; drawn++) randomValue();
  expect(draw).toHaveBeenCalledTimes(2);
  for (const [move, draws] of [
    [3, 0],
    [4, 1],
    [-4, 1],
    [-3, 0],
    [60_000, 1],
  ] as const) {
    draw.mockClear();
    randomValue();
    const before = draw.mock.calls.length;
    present += move;
    randomValue();
    expect([move, draw.mock.calls.length - before]).toEqual([move, draws]);
  }
});

it("is 16 bytes in standard base64, and never the same twice over many blocks", () => {
  const values = Array.from({ length: 1_000 }, randomValue);
  for (const value of values) {
    expect(value).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(atob(value)).toHaveLength(16);
  }
  expect(new Set(values).size).toBe(values.length);
});

it("spreads over all bits: no byte of a block is left unfilled", () => {
  const seen = new Set<number>();
  for (let drawn = 0; drawn < 1_000; drawn++)
    for (const char of atob(randomValue())) seen.add(char.charCodeAt(0));
  expect(seen.size).toBe(256);
});
