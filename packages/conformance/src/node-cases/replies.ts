import { ok, same } from "../assert.ts";
import type { Case } from "../harness.ts";
import { nodeCase } from "./node-case.ts";

/** Texts that some client somewhere takes for something else. */
const texts: readonly string[] = [
  "",
  " ",
  "42",
  "007",
  "-0",
  "1e3",
  "0x10",
  "12345678901234567890",
  "true",
  "null",
  "undefined",
  "OK",
  "QUEUED",
  "{}",
  '{"result":1}',
  "[1,2]",
  '"quoted"',
  "*1\r\n$4\r\nPING\r\n",
  "line\nline",
  "\u0000nul\u0000",
  "naïve ✓ 🔒",
  "T0s=",
  "x".repeat(100_000),
];

/** The contract's sentence 2: missing is `null`, integers are numbers, bulk strings are strings as they went in. */
export const replies: readonly Case[] = [
  nodeCase("gives null for what is missing", async (node, key) => {
    same(await node.send(["GET", key], { key }), null);
    same(await node.send(["SET", key, "first", "NX"], { key }), "OK");
    same(await node.send(["SET", key, "second", "NX"], { key }), null);
    same(await node.send(["GET", key], { key }), "first");
  }),

  nodeCase("gives integers as numbers", async (node, key) => {
    same(await node.send(["EXISTS", key], { key }), 0);
    same(await node.send(["PTTL", key], { key }), -2);
    await node.send(["SET", key, "text"], { key });
    same(await node.send(["EXISTS", key], { key }), 1);
    same(await node.send(["PTTL", key], { key }), -1);
    same(await node.send(["PEXPIRE", key, "60000"], { key }), 1);
    const ttl = await node.send(["PTTL", key], { key });
    ok(
      typeof ttl === "number" && ttl > 50_000 && ttl <= 60_000,
      `the TTL is a number of milliseconds: ${ttl}`,
    );
    same(await node.send(["DEL", key], { key }), 1);
  }),

  nodeCase("gives strings back as they went in", async (node, key) => {
    for (const text of texts) {
      same(await node.send(["SET", key, text], { key }), "OK");
      same(await node.send(["GET", key], { key }), text);
    }
  }),

  nodeCase(
    "tells strings from integers, and null from both, inside of arrays",
    async (node, key) => {
      const lua = `return {1, "1", false, {"true", {}}}`;
      same(await node.send(["EVAL", lua, "1", key], { key }), [1, "1", null, ["true", []]]);
    },
    ["lua"],
  ),

  nodeCase("answers many commands at once, each with its own reply", async (node, key) => {
    const numbers = Array.from({ length: 200 }, (_, number) => number + 1);
    const lengths = await Promise.all(
      numbers.map((number) => node.send(["RPUSH", key, `${number}`], { key })),
    );
    same(
      [...lengths].sort((a, b) => Number(a) - Number(b)),
      numbers,
    );
  }),
];
