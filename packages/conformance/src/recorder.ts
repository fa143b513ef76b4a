import type { RedsyncEvent } from "@redsync/core";
import { ok } from "./assert.ts";

type Type = RedsyncEvent["type"];

/** Writes down what `onEvent` gets. */
export class Recorder {
  readonly events: RedsyncEvent[] = [];
  readonly onEvent = (event: RedsyncEvent): void => void this.events.push(event);

  /** The events of these types. */
  of<T extends Type>(...types: readonly T[]): Extract<RedsyncEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<RedsyncEvent, { type: T }> =>
      (types as readonly Type[]).includes(event.type),
    );
  }
}

/** Exactly these fields: durations are checked to be some, and given as "ms". */
export function summary(event: RedsyncEvent): Record<string, unknown> {
  const durations = ["ms", "remaining", "held"];
  const fields = Object.entries(event).map(([field, value]) => {
    if (field === "error") return [field, (value as Error).name];
    if (!durations.includes(field)) return [field, value];
    ok(typeof value === "number" && value >= 0 && value < 30_000, `${field} is a duration: ${value}`);
    return [field, "ms"];
  });
  return Object.fromEntries(fields);
}
