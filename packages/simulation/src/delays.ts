import type { NetworkConditions } from "./network-conditions.ts";
import type { Question } from "./questions.ts";
import type { Random } from "./random.ts";

/** How long a reply is on its way. */
export function delay({ stray, slow, ways }: NetworkConditions, random: Random): number {
  if (random.chance(stray)) return random.between(...ways.stray);
  return random.between(...ways[random.chance(slow) ? "slow" : "usual"]);
}

/** How long a command is on its way. It is late if one of its questions is. */
export function requestDelay(
  network: NetworkConditions,
  questions: readonly Question[],
  random: Random,
): number {
  const { late, ways } = network;
  const isLate = random.chance(Math.max(...questions.map(({ operation }) => late[operation] ?? 0)));
  return isLate ? random.between(...ways.stray) : delay(network, random);
}
