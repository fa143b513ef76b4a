import { afterEach, expect, it, vi } from "vitest";
import { type Command, type MutexOptions, type RedisNode, Redsync } from "../src/index.ts";
import { askedBy, replyTo } from "./answering.ts";
import { HandClock } from "./hand-clock.ts";

/** Takes a clock as well, which is not for its users. */
const OnClock = Redsync as unknown as new (
  node: RedisNode,
  defaults: MutexOptions,
  clock: HandClock,
) => Redsync;

afterEach(() => vi.unstubAllGlobals());

const places: readonly [where: string, globals: object, isShared: boolean][] = [
  ["on Cloudflare Workers", { navigator: { userAgent: "Cloudflare-Workers" } }, false],
  ["on Vercel's Edge Runtime", { EdgeRuntime: "edge-runtime" }, false],
  ["elsewhere", {}, true],
];

function opened(globals: object) {
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  const sent: Command[] = [];
  const node: RedisNode = {
    async send(command) {
      sent.push(command);
      return replyTo(command, 1);
    },
  };
  const clock = new HandClock();
  const namesSent = () => sent.splice(0).map((command) => askedBy(command).map(({ name }) => name));
  return { redsync: new OnClock(node, { expiry: 6_000 }, clock), clock, namesSent };
}

it.each(places)(
  "what two calls ask in one turn is one command only where requests may share: %s",
  async (_, globals, isShared) => {
    const { redsync, namesSent } = opened(globals);
    const locks = await Promise.all(["a", "b", "c"].map((name) => redsync.mutex(name).lock()));
    expect(namesSent()).toEqual(isShared ? [["a", "b", "c"]] : [["a"], ["b"], ["c"]]);
    await Promise.all(locks.map((lock) => lock.unlock()));
    expect(namesSent()).toEqual(isShared ? [["a", "b", "c"]] : [["a"], ["b"], ["c"]]);
  },
);

it.each(places)("several names of one call are one command, also %s", async (_, globals) => {
  const { redsync, namesSent } = opened(globals);
  const lock = await redsync.mutex(["a", "b"]).lock();
  await lock.unlock();
  expect(namesSent()).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
});

it.each(places)(
  "what two calls ask in turn of each other stays in order: %s",
  async (_, globals, isShared) => {
    const { redsync, namesSent } = opened(globals);
    await Promise.all([
      redsync.mutex(["a", "b"]).tryLock(),
      redsync.mutex("c").tryLock(),
      redsync.mutex("a").tryLock(),
    ]);
    expect(namesSent()).toEqual(isShared ? [["a", "b", "c", "a"]] : [["a", "b"], ["c"], ["a"]]);
  },
);

it.each(places)("two calls share a timer only where requests may: %s", async (_, globals, isShared) => {
  const { redsync, clock } = opened(globals);
  const locking = ["a", "b"].map((name) => redsync.mutex(name).lock());
  expect(clock.timers.size).toBe(isShared ? 1 : 2);
  const locks = await Promise.all(locking);
  expect(clock.timers.size).toBe(0);
  await Promise.all(locks.map((lock) => lock.unlock()));
});
