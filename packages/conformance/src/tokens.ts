import type { Lock, Mutex, MutexOptions } from "@redsync/core";
import { ok, same } from "./assert.ts";
import type { Fixture } from "./fixture/fixture.ts";
import { fenceOf } from "./fixture/keys.ts";
import type { Target } from "./fixture/tampering.ts";
import { expiry20sRound10s } from "./fixture/timings.ts";

export const MINUTE = 60_000;

export const fenced = { fencing: true } as const;

/** The present in microseconds, which is what tokens are near to. */
export const microseconds = (): number => Date.now() * 1_000;

export function tokenOf({ token }: Lock): number {
  ok(typeof token === "number" && Number.isSafeInteger(token), `the token is an exact number: ${token}`);
  return token;
}

/** Holds if every token is larger than the one before it. */
export function grow(tokens: readonly number[]): void {
  for (const [index, token] of tokens.entries())
    ok(index === 0 || token > (tokens[index - 1] as number), `the tokens grow: ${tokens}`);
}

/** The token of a holder that comes and goes. */
export async function tokenFrom(mutex: Mutex): Promise<number> {
  const lock = await mutex.lock();
  const token = tokenOf(lock);
  same(await lock.unlock(), "released");
  return token;
}

/** Moves the fence far ahead on these nodes; returns what it says there then. */
export async function moveAhead(
  fixture: Fixture,
  { nodes = [...fixture.nodes.keys()], name = fixture.name }: Target = {},
): Promise<number> {
  const far = microseconds() + 10 * MINUTE * 1_000;
  const move = (node: number) => fixture.tampering.about(name, node, "SET", fenceOf(name), `${far}`);
  await Promise.all(nodes.map(move));
  return far;
}

/** How many nodes have at least this in their fence. */
export async function storing(fixture: Fixture, token: number): Promise<number> {
  return (await fixture.keys.fences()).filter((stored) => stored >= token).length;
}

/** A mutex on a machine whose wall clock is wrong. */
export function atClock(fixture: Fixture, ahead: number, options: MutexOptions = {}): Mutex {
  const clock = fixture.clock.another();
  clock.ahead = ahead;
  return fixture.redsync({ ...expiry20sRound10s, ...fenced, ...options }, clock).mutex(fixture.name);
}
