/** Runs something and says how long it took. */
export async function timed<T>(run: () => T | Promise<T>): Promise<[result: T, seconds: string]> {
  const started = performance.now();
  const result = await run();
  return [result, `${((performance.now() - started) / 1_000).toFixed(1)} s`];
}
