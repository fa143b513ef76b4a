import { ensureChromium } from "./chromium.ts";
import { ensureRedisServer } from "./redis-server.ts";
import { ensureSpin } from "./spin.ts";
import type { Need, Suite } from "./suites.ts";

const ensure: Readonly<Record<Need, () => string>> = { chromium: ensureChromium, spin: ensureSpin };

/** Sees to it that these suites have what they need, and says what they have. */
export function ensureNeeds(suites: readonly Suite[]): void {
  console.log(`Redis: ${ensureRedisServer()}`);
  for (const need of new Set(suites.flatMap(({ needs }) => needs))) console.log(`${need}: ${ensure[need]()}`);
  console.log();
}
