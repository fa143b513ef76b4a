import { expect, it } from "vitest";
import { seeds } from "../src/kinds.ts";
import { search } from "../src/search.ts";
import { Simulation } from "../src/simulation.ts";
import * as subject from "../src/subject.ts";

const SEEDS = Number(process.env.REDSYNC_SEEDS ?? 4_000);
const MINUTES = 60_000;

/** What must have happened over all seeds, or the rules were kept by a simulation in which nothing goes on. */
const COVERED = [
  "granted",
  "tryLock() null",
  "lock() LockTakenError",
  "lock() LockFailedError",
  "lock() aborted",
  "extended",
  "extend() ExtendFailedError",
  "extend() LockLostError",
  "extend() aborted",
  "verified",
  "verify() finds the loss",
  "adopted",
  "signal read early",
  "signal read late",
  "signal aborted",
  "lost",
  "found lost",
  "renewed",
  "held for maxHold",
  "repaired",
  "using() resolved",
  "using() rejected with the callback's error",
  "using() rejected, for the lock was lost",
  "using() handed over",
  "using() aborted",
  "first token",
  "token grown",
  "token raised",
  "token after lost counters",
  "unfenced in between",
  "names granted",
  "names granted in another order",
  "adopt() LockLostError",
  "abandoned",
  "unlock() released",
  "unlock() expired",
  "unlock() taken",
  "unlock() failed",
  "freeze",
  "restart",
  "delayedRestart",
  "cut",
  "wiped",
  "tampered",
  "flushScripts",
  "paused",
  "crashed",
  "clock set",
  "settled",
  "copy after undo",
  "repair after undo",
  "undo after grant",
  "late grant taken back",
  "one name in one command",
  "several questions on Workers",
  "asked again alone",
  "acquire behind a release",
  "resent unlock",
  "client stopped",
  "given the name before others in line",
  "passed on by an unlock",
  "a pause for others",
  "next in line",
  "free for those in line",
  "taken by its own process",
  "its subscription broken",
  "called",
  "kept for who waits",
  "a release that came again",
  "a name that nobody has, though some wait",
  "given while others are in the queue",
  "queues after everybody left",
  "a lease",
];

/** What needs an abort within the few milliseconds between a call from the line and its answer. */
const RARE: readonly string[] = ["next in line"];

it(`keeps its promises in ${SEEDS} schedules`, { timeout: 30 * MINUTES }, async () => {
  const began = performance.now();
  const { steps, coverage, found } = await search({ subject }, seeds(SEEDS));
  if (found !== undefined) {
    const { seed, violation } = found;
    throw new Error(
      `seed ${seed} breaks the rule "${violation.rule}": ${violation.message}\nreplay: pnpm simulate --seed ${seed} --trace`,
      { cause: violation },
    );
  }
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(`${SEEDS} seeds, ${steps} steps, ${seconds} s:`, Object.fromEntries(coverage));
  if (SEEDS < 1_000) return;
  for (const what of COVERED)
    expect(coverage.get(what) ?? 0, what).toBeGreaterThan(RARE.includes(what) ? 2 : 10);
});

it("does the same again for the same seed", async () => {
  const [once, again] = [await traceOf(5), await traceOf(5)];
  expect(once.length).toBeGreaterThan(20);
  expect(again).toEqual(once);
});

async function traceOf(seed: number): Promise<string[]> {
  const lines: string[] = [];
  await new Simulation(seed, { subject, trace: (line: string) => lines.push(line) }).run();
  return lines;
}
