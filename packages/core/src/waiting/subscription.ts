/**
 * A channel of one node, as long as it is listened to. One is never opened again: what its server says of it late must not be taken for
 * what is said of the next one.
 */
export interface Subscription {
  /** Neither refused nor left. */
  isOpen: boolean;
  /** Confirmed by the server. */
  isConfirmed: boolean;
  /** Not the first one of those that wait. */
  readonly isRenewed: boolean;
  /** When the server confirmed it, or called last. */
  heardAt: number;
  end: (() => Promise<void>) | undefined;
}

/** Leaves a channel. What a node makes of that is nobody's failure. */
export async function leave({ end }: Pick<Subscription, "end">): Promise<void> {
  try {
    await end?.();
  } catch {}
}
