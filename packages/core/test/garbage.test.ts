import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { type RedisNode, Redsync } from "../src/index.ts";

setFlagsFromString("--expose-gc");
// So large that nothing is collected but by the test.
setFlagsFromString("--min-semi-space-size=64");
const collect = runInNewContext("gc") as (options?: { type: "minor" }) => void;

const PAIRS = 2_000;

/** Bytes a pair that a small collection leaves on the heap, though nobody has them any more. */
async function leftBy(pair: () => Promise<unknown>): Promise<number> {
  for (let count = 0; count < PAIRS; count++) await pair();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let count = 0; count < PAIRS; count++) await pair();
  collect({ type: "minor" });
  collect({ type: "minor" });
  return (process.memoryUsage().heapUsed - before) / PAIRS;
}

/** Answers in a later turn of the event loop, as a client does. */
const node: RedisNode = { send: () => new Promise((resolve) => setImmediate(resolve, [1])) };

// V8 puts a function that is written behind `this.x =` into the old generation at once, where only a full collection looks, and all
// that it reaches stays until then: with that, every lock was copied twice, and a pair left five kilobytes.
it("what a lock leaves behind dies young", async () => {
  const redsync = new Redsync(node);
  const left = await leftBy(async () => (await redsync.mutex("name").lock()).unlock());
  expect(left).toBeLessThan(1_000);
});
