import type { Fixture } from "./fixture.ts";

const LANES = 4;

/** Goes through a long list, some items at a time, each with a name that nobody else has meanwhile. */
export async function inLanes<T>(
  fixture: Fixture,
  items: readonly T[],
  play: (name: string, item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const lane = async () => {
    const name = fixture.another();
    for (const item of left) await play(name, item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
