import { Background } from "./background.ts";
import type { RedsyncContext } from "./lock-spec.ts";
import type { LockOptions, WaitUntil } from "./options.ts";
import { checkOptions } from "./settings.ts";
import { Wait } from "./wait.ts";

/** What a call does, with what it may leave behind and who takes that over. */
type Run<T> = (wait: Wait, background: Background, waitUntil: WaitUntil | undefined) => Promise<T>;

/**
 * Checks the options of a call, and runs it. What it leaves behind goes to its own `waitUntil`, or else to `fallback`.
 *
 * Not an async function: most calls have neither a signal nor a `waitUntil`, and nothing to do at their end.
 */
export function runCall<T>(
  context: RedsyncContext,
  options: LockOptions | undefined,
  allowed: readonly string[],
  fallback: WaitUntil | undefined,
  run: Run<T>,
): Promise<T> {
  let wait: Wait | undefined;
  try {
    if (options !== undefined) checkOptions(options, allowed);
    wait = Wait.begin(context.clock, options?.signal, options?.timeout);
    const waitUntil = options?.waitUntil ?? fallback;
    const background = new Background(context.inFlight);
    const running = run(wait, background, waitUntil);
    if (wait === Wait.unbounded && waitUntil === undefined) return running;
    return running.finally(() => {
      wait?.end();
      if (waitUntil) background.passTo(waitUntil);
    });
  } catch (error) {
    wait?.end();
    return Promise.reject(error);
  }
}
