import type { Lock, Mutex, MutexOptions } from "@redsync/core";
import { ok, same } from "./assert.ts";
import { calm, fenceOf, type Stage } from "./stage.ts";

export const MINUTE = 60_000;

export const fenced = { fencing: true } as const;

/** The present in microseconds, which is what tokens are near to. */
export const microseconds = (): number => Date.now() * 1_000;

export function tokenOf({ token }: Lock): number {
  ok(typeof token === "number" && Number.isSafeInteger(token), `the token is an exact number: ${token}`);
  return token;
}

/** Holds where every token is larger than the one before it. */
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
  stage: Stage,
  nodes: readonly number[],
  name: string = stage.name,
): Promise<number> {
  const far = microseconds() + 10 * MINUTE * 1_000;
  await Promise.all(nodes.map((node) => stage.about(name, node, "SET", fenceOf(name), `${far}`)));
  return far;
}

/** How many nodes have at least this in their fence. */
export async function storing(stage: Stage, token: number): Promise<number> {
  return (await stage.fences()).filter((stored) => stored >= token).length;
}

/** A mutex on a machine whose wall clock is wrong. */
export function atClock(stage: Stage, ahead: number, options: MutexOptions = {}): Mutex {
  const clock = stage.anotherClock();
  clock.ahead = ahead;
  return stage.redsync({ ...calm, ...fenced, ...options }, clock).mutex(stage.name);
}
