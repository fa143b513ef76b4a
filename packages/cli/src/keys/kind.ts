/** What a key is, as far as its value shows it. */
export type Kind = "lock" | "reserved" | "foreign" | "other";

/** What is asked for of a value: an owner and the random part fit into it. */
export const SHOWN_BYTES = 300;

/**
 * What the value of a text key makes it: "lock", one of ours, which says whose it is; "reserved", kept for a waiter; "foreign", as
 * go-redsync (16 bytes in base64) and redis-py (32 hexadecimal digits) make them; "other", no lock that we know.
 */
export function kindOf(value: string): Kind {
  if (/^@[^/]*\/./.test(value)) return "lock";
  if (/^~[a-z][^:]*:[^:]*:\d+:/.test(value)) return "reserved";
  if (/^[A-Za-z0-9+/]{22}==$|^[0-9a-f]{32}$/.test(value)) return "foreign";
  return "other";
}

/** Whose a lock of ours is; undefined if it does not say. */
export function ownerOf(value: string): string | undefined {
  const [, owner = ""] = /^@([^/]*)\//.exec(value) ?? [];
  return owner.slice(0, 64).replaceAll(/\p{Cc}/gu, "?") || undefined;
}
