import type { LockSpec } from "./lock-spec.ts";
import { checkValue, ownedBy } from "./owner.ts";
import { randomValue } from "./random-value.ts";

const REMEMBERED_VALUES = 1_024;

/** A value for one attempt: at once, unless the user makes the values. */
export function freshValue(spec: LockSpec): string | Promise<string> {
  const { generateValue, owner } = spec.settings;
  return generateValue === randomValue ? ownedBy(owner, randomValue()) : generated(spec);
}

/**
 * A value that the user makes. One that was used before is refused: whoever has the value has the lock, so that a second holder
 * with the same one would be granted it beside the first. All are forgotten now and then, so that nothing grows for ever.
 */
async function generated({ context: { usedValues }, settings }: LockSpec): Promise<string> {
  const value = await settings.generateValue();
  checkValue("the result of generateValue", value);
  if (usedValues.has(value)) throw new RangeError("the result of generateValue must be new each time");
  if (usedValues.size >= REMEMBERED_VALUES) usedValues.clear();
  usedValues.add(value);
  return value;
}
