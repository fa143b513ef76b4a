/** Locks a name and unlocks it; rejects unless both succeeded. */
export type Pair = () => Promise<void>;

/** Makes the pair of a name. */
export type Holder = (name: string) => Pair;
