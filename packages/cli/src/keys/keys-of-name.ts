/** Whether what stands between braces decides the Cluster slot of a name. */
const hasTag = (name: string): boolean => /^[^{]*\{[^}]+\}/.test(name);

/** The key of a name's queue, by the rule of core; undefined for a name that has none. Held by "passes the name on to the first that waits". */
export function queueKey(name: string): string | undefined {
  if (!name.includes("}")) return `{${name}}:queue`;
  return hasTag(name) ? `${name}::queue` : undefined;
}

/** The key of a name's fence, by the rule of core, which refuses other names with fencing. */
export function fenceKey(name: string): string {
  return hasTag(name) ? `${name}:fence` : `{${name}}:fence`;
}
