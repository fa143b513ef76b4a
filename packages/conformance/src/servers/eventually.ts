import { setTimeout as pause } from "node:timers/promises";

/**
 * Resolves once `check` answers true, asked every 10 ms, or rejects naming `what` after `timeout` ms (default: a minute).
 *
 * For states that a server can only be asked for. A check that rejects counts as "not yet".
 */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
  timeout: number = 60_000,
): Promise<void> {
  const deadline = performance.now() + timeout;
  let cause: unknown;
  while (performance.now() < deadline) {
    try {
      if (await check()) return;
    } catch (error) {
      cause = error;
    }
    await pause(10);
  }
  throw new Error(`not so after ${timeout} ms: ${what}`, { cause });
}
