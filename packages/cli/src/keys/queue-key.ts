/** The key of a name's queue, by the rule of core; undefined for a name that has none. Held by "passes the name on to the first that waits". */
export function queueKey(name: string): string | undefined {
  if (!name.includes("}")) return `{${name}}:queue`;
  return /^[^{]*\{[^}]+\}/.test(name) ? `${name}::queue` : undefined;
}
