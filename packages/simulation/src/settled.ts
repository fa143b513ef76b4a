/** What became of a call. */
export type Settled<T> = { readonly result: T } | { readonly error: unknown };
