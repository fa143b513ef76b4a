import { expect, it } from "vitest";
import { queueKey } from "../src/waiting/queue-key.ts";

/** CRC16 (XMODEM) of what Redis Cluster hashes in a key, by its specification. */
function slotOf(key: string): number {
  const bytes = Buffer.from(key);
  const open = bytes.indexOf("{");
  const close = open < 0 ? -1 : bytes.indexOf("}", open + 1);
  const hashed = close > open + 1 ? bytes.subarray(open + 1, close) : bytes;
  let crc = 0;
  for (const byte of hashed) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc % 16_384;
}

const named: readonly [name: string, key: string][] = [
  ["x", "{x}:queue"],
  ["{x}", "{x}::queue"],
  ["{x}:1", "{x}:1::queue"],
  ["a{x}b", "a{x}b::queue"],
  ["{a}{b}", "{a}{b}::queue"],
  ["a{b", "{a{b}:queue"],
  ["{", "{{}:queue"],
  ["x:queue", "{x:queue}:queue"],
  ["{x}:queue", "{x}:queue::queue"],
  ["🔒 ✓", "{🔒 ✓}:queue"],
  ["a\nb", "{a\nb}:queue"],
];

it.each(named)("the queue of %j is %j, in the name's own slot", (name, key) => {
  expect(slotOf("123456789")).toBe(0x31c3);
  expect(queueKey(name)).toBe(key);
  expect(slotOf(key)).toBe(slotOf(name));
});

it("no two names have one queue, and none has its name's key", () => {
  const all = [...named.map(([name]) => name), ":", "x:", "{x}:", "{x}::queue", "{x::queue}", "a{x}"];
  const keys = all.map(queueKey);
  expect(new Set(keys).size).toBe(all.length);
  all.forEach((name, index) => {
    expect(keys[index]).not.toBe(name);
  });
});

it.each(["}", "a}", "{}", "{}x", "a}{", "{}{x}", "}{"])(
  "a name that has no such key in its slot has none: %j",
  (name) => {
    expect(queueKey(name)).toBeUndefined();
  },
);
