import { expect, it } from "vitest";
import type { Clock } from "../src/clock.ts";
import { autoExtend } from "../src/renewal.ts";
import { resolveSettings } from "../src/settings.ts";
import { WakeUps } from "../src/wake-ups.ts";

const settings = resolveSettings({ expiry: 8_000 });

/** Renews a lock that began at 0 while no node answers before the deadline; resolves to when it was tried. */
async function triesInAnOutage(): Promise<number[]> {
  let time = 0;
  let due: { at: number; run: () => void } | undefined;
  const clock: Clock = {
    monotonic: () => time,
    wall: () => time,
    setTimer: (run, ms) => {
      due = { at: time + ms, run };
    },
    clearTimer: () => {},
  };
  const tries: number[] = [];
  const validFor = () => Math.max(0, Math.floor(settings.validity - time));
  const lease = {
    get validFor() {
      return validFor();
    },
    get age() {
      return time;
    },
    get loss() {
      return undefined;
    },
  };
  const stop = autoExtend(lease, { context: { wakeUps: new WakeUps(clock, true) }, settings }, async () => {
    if (validFor() > 0) tries.push(time);
    time += settings.timeout;
    throw new Error("no answer");
  });
  while (due !== undefined && validFor() > 0) {
    const { at, run } = due;
    due = undefined;
    time = Math.max(time, at);
    run();
    await new Promise((resolve) => setImmediate(resolve));
  }
  stop();
  return tries;
}

it("tries first when a third of the expiry has passed, later each time, and last shortly before the end", async () => {
  const tries = await triesInAnOutage();
  const [first = 0, second = 0, third = 0] = tries;
  expect(Math.round(first)).toBe(2_667);
  expect(third - second).toBeGreaterThan(second - first);
  expect(settings.validity - (tries.at(-1) ?? 0)).toBeLessThan(2 * settings.timeout);
  expect(tries.length).toBeLessThan(10);
});
