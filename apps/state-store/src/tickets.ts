import type { LockOptions } from "@redsync/core";
import type { StateStore } from "./state-store.ts";

/** A player who waits for a match. */
export interface Ticket {
  /** The match that the player is in; null while there is none. */
  readonly match: string | null;
}

/** Some of the tickets are in a match by now. */
export class AssignedError extends Error {
  override readonly name = "AssignedError";
  readonly keys: readonly string[];

  constructor(keys: readonly string[]) {
    super(`not open: ${keys.join(", ")}`);
    this.keys = keys;
  }
}

/**
 * Puts the players of all these tickets into a match, or none of them. `decide` is called when they are reserved for it: it may find a
 * server for them, which takes as long as it takes.
 *
 * Rejects with an `AssignedError` if one of them is in a match, or is not there.
 */
export function assign(
  store: StateStore<Ticket>,
  keys: readonly string[],
  match: string,
  decide: () => Promise<void> = async () => {},
  options?: LockOptions,
): Promise<void> {
  return store.mutate(
    keys,
    async (tickets) => {
      const taken = keys.filter((key) => tickets.get(key)?.match !== null);
      if (taken.length > 0) throw new AssignedError(taken);
      await decide();
      return keys.map((key): [string, Ticket] => [key, { match }]);
    },
    options,
  );
}
