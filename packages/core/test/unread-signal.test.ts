import { afterEach, expect, it, vi } from "vitest";
import { type MutexOptions, type RedisNode, Redsync } from "../src/index.ts";
import { answering } from "./answering.ts";
import { HandClock } from "./hand-clock.ts";

/** Takes a clock as well, which its users are not told of. */
const OnClock = Redsync as unknown as new (
  node: RedisNode,
  defaults: MutexOptions,
  clock: HandClock,
) => Redsync;

afterEach(() => vi.unstubAllGlobals());

/** How many AbortControllers and timers a lock has while it is held. */
async function madeFor(read: boolean): Promise<{ controllers: number; timers: number }> {
  let controllers = 0;
  const Made = AbortController;
  vi.stubGlobal(
    "AbortController",
    class extends Made {
      constructor() {
        super();
        controllers++;
      }
    },
  );
  const clock = new HandClock();
  const lock = await new OnClock(answering(1), {}, clock).mutex("a").lock();
  if (read) lock.signal.throwIfAborted();
  const made = { controllers, timers: clock.timers.size };
  await lock.unlock();
  return made;
}

it("makes neither a controller nor a timer for a signal that nobody reads", async () => {
  expect(await madeFor(false)).toEqual({ controllers: 0, timers: 0 });
  expect(await madeFor(true)).toEqual({ controllers: 1, timers: 1 });
});
