import { Background } from "./background.ts";
import type { RedsyncContext } from "./lock-spec.ts";
import type { LockOptions, WaitUntil } from "./options.ts";
import { checkOptions } from "./settings.ts";
import { Wait } from "./wait.ts";

/** Checks the options of a call, and runs it. What it leaves behind goes to its own `waitUntil`, or to that of `fallback`. */
export async function runCall<T>(
  context: RedsyncContext,
  options: LockOptions | undefined,
  allowed: readonly string[],
  fallback: WaitUntil | undefined,
  run: (wait: Wait, background: Background, waitUntil: WaitUntil | undefined) => Promise<T>,
): Promise<T> {
  if (options !== undefined) checkOptions(options, allowed);
  const wait = Wait.begin(context.clock, options?.signal, options?.timeout);
  const waitUntil = options?.waitUntil ?? fallback;
  const background = new Background(context.inFlight);
  try {
    return await run(wait, background, waitUntil);
  } finally {
    wait.end();
    if (waitUntil) background.passTo(waitUntil);
  }
}
