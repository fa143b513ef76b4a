/**
 * Milliseconds of the machine's monotonic clock. `performance.now()` counts from the start of its process; this one is the
 * same in all processes, so that their times can be compared.
 */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
