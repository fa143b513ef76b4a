import type { MutexOptions, RedisNode } from "@redsync/core";
import { type FaultyNode, faulty } from "./faults.ts";
import { Fixture } from "./fixture.ts";
import type { Capability, Case } from "./harness.ts";

/** How long things take in a case. */
type Pace = {
  readonly [Option in "expiry" | "timeoutFactor" | "retryDelay"]: Exclude<MutexOptions[Option], undefined>;
};

/**
 * The pace of every case, unless it says otherwise: a round may take 10 s, and a key stays for 20 s. A machine that stands still
 * for seconds meets both.
 */
export const calm: Pace = { expiry: 20_000, timeoutFactor: 0.5, retryDelay: 10 };

/** For promises about a round's deadline, which comes long before the expiry. Only by a clock that the case moves. */
export const brisk: Pace = { expiry: 20_000, timeoutFactor: 0.05, retryDelay: 10 };

/** The deadline of a round under the `brisk` options, in ms. */
export const DEADLINE: number = brisk.expiry * brisk.timeoutFactor;

/** What passes between two extensions of a lock that renews itself, in ms, rounded up. */
export const PERIOD: number = Math.ceil(calm.expiry / 3);

type Play = (fixture: Fixture) => Promise<void>;

/** A case over so many nodes. */
export function over(
  count: number,
  name: string,
  play: Play,
  needs: readonly Capability[] = [],
  dress: (node: RedisNode) => FaultyNode = faulty,
): Case {
  return {
    title: `${name} (${count === 1 ? "1 node" : `${count} nodes`})`,
    needs: count > 1 ? ["several", ...needs] : needs,
    run: (harness) => Fixture.play(harness, count, play, dress),
  };
}

/** The same case over several numbers of nodes. */
export function overEach(
  counts: readonly number[],
  name: string,
  play: Play,
  needs: readonly Capability[] = [],
): readonly Case[] {
  return counts.map((count) => over(count, name, play, needs));
}

const faultless = (node: RedisNode): FaultyNode => ({
  ...faulty(node),
  inject() {
    throw new Error("this case is said to be without faults");
  },
});

/** A case over so many nodes in which nothing goes wrong. */
export function happily(count: number, name: string, play: Play, needs: readonly Capability[] = []): Case {
  return { ...over(count, name, play, needs, faultless), isFaultless: true };
}

/** The same over several numbers of nodes. */
export function happilyEach(
  counts: readonly number[],
  name: string,
  play: Play,
  needs: readonly Capability[] = [],
): readonly Case[] {
  return counts.map((count) => happily(count, name, play, needs));
}
