import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { openTimedHouse } from "./house.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const PAIRS = 10_000;
const EXPIRY_MS = 60_000;

it("10,000 pairs with one node stopped keep the heap flat and do not flood it when it wakes", async () => {
  await using house = await openTimedHouse(3, { expiry: EXPIRY_MS });
  const { clock, redsync } = house;
  const [frozen] = house.servers;
  const mutex = redsync.mutex("frozen");
  const pairs = async (count: number) => {
    for (let done = 0; done < count; done++) await (await mutex.lock()).unlock();
  };
  await pairs(500);
  await clock.pass(redsync.settled());
  const asked = async () =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(String(await frozen?.command("INFO", "commandstats")))?.[1]);
  const before = await asked();
  await house.lose(0, "freeze");
  // What is sent before the node is known to be silent waits in the client's queue.
  await pairs(1);
  await clock.advance(EXPIRY_MS);

  // Half an hour, in which the node may be asked again and again whether it is back.
  const heaps = [heapUsed()];
  for (let part = 1; part <= 30; part++) {
    await pairs(PAIRS / 30);
    await clock.advance(EXPIRY_MS);
    if (part % 10 === 0) heaps.push(heapUsed());
  }

  // What is loaded or compiled once, at some time or other, does not grow with the pairs: the middle one of three parts tells.
  const grown = heaps.slice(1).map((heap, index) => heap - (heaps[index] as number));
  const [, usual = Number.NaN] = grown.sort((one, other) => one - other);
  await house.regain(0, "thaw");
  await clock.pass(redsync.settled());
  const flood = (await asked()) - before;
  expect(usual).toBeLessThan((PAIRS / 3) * 100);
  expect(flood).toBeLessThan(PAIRS / 10);
  expect(await frozen?.command("GET", "frozen")).toBeNull();
});
