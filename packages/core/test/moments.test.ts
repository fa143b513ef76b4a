import { describe, expect, it } from "vitest";
import { InFlight } from "../src/in-flight.ts";
import {
  ExtendFailedError,
  LockLostError,
  type MutexOptions,
  type RedisNode,
  Redsync,
} from "../src/index.ts";
import { askedBy } from "./answering.ts";
import { HandClock } from "./hand-clock.ts";

/** Takes a clock as well, which its users are not told of. */
const OnClock = Redsync as unknown as new (
  node: RedisNode,
  defaults: MutexOptions,
  clock: HandClock,
) => Redsync;

describe("an adoption that is confirmed in the last millisecond", () => {
  it("fails, and undoes nothing of the giver's", async () => {
    const clock = new HandClock();
    const sent: string[] = [];
    const node: RedisNode = {
      async send(command) {
        sent.push(...askedBy(command).map(({ operation }) => operation));
        // Of a validity of 988.
        clock.time += 987.5;
        return [1];
      },
    };
    const adopting = new OnClock(node, { expiry: 1_000, timeoutFactor: 0.99 }, clock)
      .mutex("a")
      .adopt("the giver's");
    const error = await adopting.catch((caught: unknown) => caught);
    expect(error instanceof LockLostError || error instanceof ExtendFailedError).toBe(true);
    await clock.advance(5_000);
    expect(sent).toEqual(["adopt"]);
  });
});

describe("the deadline of an attempt that was aborted", () => {
  it("keeps the process alive until the undo is sent, and what listens after it does not", async () => {
    const clock = new HandClock();
    const sent: string[] = [];
    const node: RedisNode = {
      send(command) {
        sent.push(...askedBy(command).map(({ operation }) => operation));
        return new Promise(() => {});
      },
    };
    const controller = new AbortController();
    const locking = new OnClock(node, { expiry: 1_000, timeoutFactor: 0.1 }, clock)
      .mutex("a")
      .lock({ signal: controller.signal })
      .catch(() => {});
    controller.abort();
    await locking;
    const alive: boolean[] = [];
    clock.onTurn = () => alive.push([...clock.timers].some(({ keepAlive }) => keepAlive));
    while (!sent.includes("release")) await clock.advance(1);
    // The last turn is the one that sent it.
    expect(alive.slice(0, -1).every(Boolean)).toBe(true);
    expect(clock.time - 1_000).toBeLessThan(110);
    await clock.advance(150);
    expect([...clock.timers].map(({ keepAlive }) => keepAlive)).toEqual([false, false]);
  });
});

describe("settled()", () => {
  it("does not wait for what a dead request left, once that must be over, while others go on", async () => {
    const clock = new HandClock();
    const inFlight = new InFlight(clock);
    inFlight.begin(clock.time + 2_000);
    await clock.advance(4_000);
    inFlight.end(inFlight.begin(clock.time + 60_000));
    let isSettled = false;
    void inFlight.settled().then(() => {
      isSettled = true;
    });
    await clock.advance(50);
    expect(isSettled).toBe(true);
  });
});
