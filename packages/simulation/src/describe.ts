/** What a call came to, for the trace. */
export function describe(result: unknown): string {
  if (result instanceof Error) return `${result.name}: ${result.message}`;
  if (typeof result !== "object" || result === null) return String(result);
  return "value" in result ? `the lock ${result.value}` : "something";
}
