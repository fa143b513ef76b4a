import { vi } from "vitest";

/** A timer of the listening, which is over when the test says so. */
interface HeldTimer {
  readonly ms: number;
  readonly timer: NodeJS.Timeout;
  end(): void;
}

/** How long a first request may go unconfirmed. */
const LIMIT_MS = 10_000;

/**
 * Has the listening's pauses, and the limits of its first requests, wait for the test, until mocks are restored. `fetch` has timers
 * of its own.
 */
export function heldTimers(): { readonly pauses: HeldTimer[]; readonly limits: HeldTimer[] } {
  const pauses: HeldTimer[] = [];
  const limits: HeldTimer[] = [];
  const { setTimeout } = globalThis;
  const held: (...args: Parameters<typeof setTimeout>) => NodeJS.Timeout = (run, ms = 0, ...rest) => {
    if (!new Error().stack?.includes("upstash/src/subscribe.ts")) return setTimeout(run, ms, ...rest);
    const timer = setTimeout(run, 2 ** 31 - 1);
    const end = () => {
      clearTimeout(timer);
      run();
    };
    (ms === LIMIT_MS ? limits : pauses).push({ ms, timer, end });
    return timer;
  };
  vi.spyOn(globalThis, "setTimeout").mockImplementation(held as typeof setTimeout);
  return { pauses, limits };
}
