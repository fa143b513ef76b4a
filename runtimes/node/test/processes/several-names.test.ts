import { expect, it } from "vitest";
import { keysOn, openHouse } from "./house.ts";

const TASKS = 40;
const ACQUISITIONS = 1_500;
const NAMES = Array.from({ length: 8 }, (_, index) => `account:${index}`);
const WIDEST = 4;

/** One to four of the names, in any order: others lock some of the same in another one. */
function someNames(): string[] {
  const drawn = NAMES.map((name): [number, string] => [Math.random(), name]).sort(
    ([one], [other]) => one - other,
  );
  return drawn.slice(0, 1 + Math.floor(Math.random() * WIDEST)).map(([, name]) => name);
}

it(`${TASKS} tasks over random subsets of ${NAMES.length} names, in any order: all get their turn, and no two share a name`, {
  timeout: 20 * 60_000,
}, async () => {
  await using house = await openHouse(3, {
    tries: Number.POSITIVE_INFINITY,
    retryDelay: () => 5 + Math.random() * 25,
  });
  const inside = new Map<string, number>();
  const waits = new Map<number, number[]>();
  let overlaps = 0;
  let done = 0;

  const enter = async (names: readonly string[]) => {
    for (const name of names) {
      const others = inside.get(name) ?? 0;
      if (others > 0) overlaps++;
      inside.set(name, others + 1);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    for (const name of names) inside.set(name, (inside.get(name) ?? 0) - 1);
  };
  const task = async () => {
    while (done < ACQUISITIONS) {
      const names = someNames();
      const since = performance.now();
      await using _ = await house.redsync.mutex(names).lock();
      const ofWidth = waits.get(names.length) ?? [];
      ofWidth.push(performance.now() - since);
      waits.set(names.length, ofWidth);
      await enter(names);
      done++;
    }
  };
  await Promise.all(Array.from({ length: TASKS }, task));
  await house.redsync.settled();

  expect(overlaps).toBe(0);
  expect(done).toBeGreaterThanOrEqual(ACQUISITIONS);
  expect(await Promise.all(house.servers.map(keysOn))).toEqual([[], [], []]);
  for (const [width, ms] of [...waits].sort(([one], [other]) => one - other)) {
    const mean = ms.reduce((sum, each) => sum + each, 0) / ms.length;
    const longest = Math.max(...ms);
    console.log(
      `${width} of ${NAMES.length} names: ${ms.length} locks waited ${Math.round(mean)} ms each, ${Math.round(longest)} ms at most`,
    );
  }
  expect([...waits.keys()].sort()).toEqual([1, 2, 3, 4]);
});

it("[a, b] and [b, a] locked against each other, again and again, do not block each other for ever", async () => {
  await using house = await openHouse(3, {
    tries: Number.POSITIVE_INFINITY,
    retryDelay: () => Math.random() * 10,
  });
  const pairs = async (...names: string[]) => {
    for (let turn = 0; turn < 50; turn++) await (await house.redsync.mutex(names).lock()).unlock();
  };
  await Promise.all([pairs("a", "b"), pairs("b", "a")]);
});
