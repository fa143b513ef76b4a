const SUFFIX = ":queue";

/**
 * The key of a name's queue, which lies in the name's own Cluster slot: `{name}:queue`, or `name::queue` if the name has a hash tag
 * of its own, so that no two names share one. Undefined for a name that has no such key.
 */
export function queueKey(name: string): string | undefined {
  if (!name.includes("}")) return `{${name}}${SUFFIX}`;
  return /^[^{]*\{[^}]+\}/.test(name) ? `${name}:${SUFFIX}` : undefined;
}
