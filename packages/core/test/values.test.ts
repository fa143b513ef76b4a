import { expect, it } from "vitest";
import { randomValue } from "../src/values.ts";

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
