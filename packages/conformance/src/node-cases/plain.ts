import { isA, matches, ok, rejection, same } from "../assert.ts";
import type { Case } from "../harness.ts";
import { nodeCase } from "./node-case.ts";

/** The contract's sentence 3: no retries, no timeout, no prefix, nothing swallowed, no connection opened or closed. */
export const plain: readonly Case[] = [
  nodeCase(
    "prefixes no key",
    async (node, key) => {
      same(await node.send(["EVAL", "return KEYS[1]", "1", key], { key }), key);
      await node.send(["EVAL", `redis.call("SET", KEYS[1], "by script")`, "1", key], { key });
      same(await node.send(["GET", key], { key }), "by script");
    },
    ["lua"],
  ),

  nodeCase(
    "hands the arguments on as they are, and in their order",
    async (node, key) => {
      const args = ["", "2", "two words", "\u0000", "line\r\nline", "✓"];
      same(await node.send(["EVAL", "return ARGV", "1", key, ...args], { key }), args);
    },
    ["lua"],
  ),

  nodeCase(
    "sends a command that the server refuses once",
    async (node, key) => {
      const lua = `redis.call("INCR", KEYS[1]) return redis.error_reply("REFUSED on purpose")`;
      const error = await rejection(node.send(["EVAL", lua, "1", key], { key }));
      isA(error, Error);
      matches(error.message, /REFUSED on purpose/);
      same(await node.send(["GET", key], { key }), "1");
    },
    ["lua"],
  ),

  nodeCase("sends a command once that succeeds", async (node, key) => {
    same(await node.send(["RPUSH", key, "item"], { key }), 1);
    same(await node.send(["RPUSH", key, "item"], { key }), 2);
  }),

  nodeCase(
    "adds no timeout of its own",
    async (node, key) => {
      const start = performance.now();
      same(await node.send(["BLPOP", key, "0.25"], { key }), null);
      ok(performance.now() - start >= 240, "the reply came when the server gave it");
    },
    ["blocking"],
  ),

  nodeCase(
    "opens no connection and closes none",
    async (node, key, { connections }) => {
      await node.send(["PING"], { key });
      const before = await connections?.(0);
      await Promise.all([node.send(["SET", key, "text"], { key }), node.send(["GET", key], { key })]);
      await rejection(node.send(["RPUSH", key, "item"], { key }));
      ok(before !== undefined && before > 0, "the connections can be counted");
      same(await connections?.(0), before, "the number of connections");
    },
    ["connections"],
  ),
];
