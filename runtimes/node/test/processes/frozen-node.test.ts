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
  const heapAtFirst = heapUsed();

  // Half an hour, in which the node may be asked again and again whether it is back.
  for (let part = 0; part < 30; part++) {
    await pairs(PAIRS / 30);
    await clock.advance(EXPIRY_MS);
  }

  const grown = heapUsed() - heapAtFirst;
  await house.regain(0, "thaw");
  await clock.pass(redsync.settled());
  const flood = (await asked()) - before;
  expect(grown).toBeLessThan(PAIRS * 100);
  expect(flood).toBeLessThan(PAIRS / 10);
  expect(await frozen?.command("GET", "frozen")).toBeNull();
});
