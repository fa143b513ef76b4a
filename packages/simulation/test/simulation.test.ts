import { expect, it } from "vitest";
import { seeds } from "../src/kinds.ts";
import { search } from "../src/search.ts";
import * as subject from "../src/subject.ts";
import { World } from "../src/world.ts";

const SEEDS = Number(process.env.REDSYNC_SEEDS ?? 4_000);
const SEED = process.env.REDSYNC_SEED;
const MINUTES = 60_000;

/** What must have happened over all seeds, or the rules were kept by a simulation in which nothing goes on. */
const SIGHTS = [
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
];

if (SEED === undefined) {
  it(`keeps its promises in ${SEEDS} schedules`, { timeout: 10 * MINUTES }, async () => {
    const began = performance.now();
    const { steps, sights, found } = await search({ subject }, seeds(SEEDS));
    if (found !== undefined) {
      const { seed, violation } = found;
      throw new Error(
        `seed ${seed} breaks the rule "${violation.rule}": ${violation.message}\n` +
          `replay: REDSYNC_SEED=${seed} pnpm --filter @redsync/simulation exec vitest run simulation`,
        { cause: violation },
      );
    }
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    console.log(`${SEEDS} seeds, ${steps} steps, ${seconds} s:`, Object.fromEntries(sights));
    if (SEEDS >= 1_000) for (const sight of SIGHTS) expect(sights.get(sight) ?? 0, sight).toBeGreaterThan(10);
  });
} else {
  it(`replays seed ${SEED}`, async () => {
    const world = new World(Number(SEED), { subject, trace: (line) => process.stdout.write(`${line}\n`) });
    await world.run();
  });
}

it("does the same again for the same seed", async () => {
  const [once, again] = [await traceOf(5), await traceOf(5)];
  expect(once.length).toBeGreaterThan(20);
  expect(again).toEqual(once);
});

async function traceOf(seed: number): Promise<string[]> {
  const lines: string[] = [];
  await new World(seed, { subject, trace: (line) => lines.push(line) }).run();
  return lines;
}
