import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { openHouse } from "./house.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const PAIRS = 10_000;
const ROUND_MS = 400;

it("10,000 pairs with one node stopped keep the heap flat and do not flood it when it wakes", async () => {
  await using house = await openHouse(3, { expiry: 1_000, timeoutFactor: ROUND_MS / 1_000, failFast: true });
  const [frozen] = house.servers;
  const mutex = house.redsync.mutex("frozen");
  const pairs = async (count: number) => {
    for (let done = 0; done < count; done++) await (await mutex.lock()).unlock();
  };
  await pairs(500);
  const asked = async () =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(String(await frozen?.command("INFO", "commandstats")))?.[1]);
  const before = await asked();
  frozen?.freeze();
  // What is sent before the node is known to be silent waits in the client's queue.
  const known = performance.now() + 2 * ROUND_MS;
  while (performance.now() < known) await pairs(10);
  const heapAtFirst = heapUsed();

  await pairs(PAIRS);

  const grown = heapUsed() - heapAtFirst;
  frozen?.thaw();
  await house.redsync.settled();
  const flood = (await asked()) - before;
  expect(grown).toBeLessThan(PAIRS * 100);
  expect(flood).toBeLessThan(PAIRS);
  expect(await frozen?.command("GET", "frozen")).toBeNull();
});
