import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { connectionCut } from "../src/fixture/faults.ts";
import { beginning, first } from "../src/fixture/matches.ts";
import { closed, startCounter } from "./counter.ts";

const counter = startCounter();
const { increment } = counter;

it("beginning: those of one script, by its hash, and no others", async () => {
  const script = "return 1";
  const sha = createHash("sha1").update(script).digest("hex");
  await counter.command("SCRIPT", "LOAD", script);
  counter.faults.inject(connectionCut, beginning("EVALSHA", sha));
  await expect(counter.faults.node.send(["EVALSHA", sha, "0"])).rejects.toThrow(closed);
  await expect(counter.faults.node.send(["EVALSHA", "0".repeat(40), "0"])).rejects.toThrow(/^NOSCRIPT/);
  expect(await counter.faults.node.send(["EVAL", script, "0"])).toBe(1);
});

it("first: the first of them, or the first few, counting only those that match", async () => {
  counter.faults.inject(connectionCut, first(beginning("INCR"), 2));
  expect(await counter.faults.node.send(["GET", "runs"])).toBeNull();
  await expect(increment()).rejects.toThrow(closed);
  await expect(increment()).rejects.toThrow(closed);
  expect(await increment()).toBe(1);
  counter.faults.inject(connectionCut, first());
  await expect(increment()).rejects.toThrow(closed);
  expect(await increment()).toBe(2);
});
