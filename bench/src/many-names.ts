/** How many names make one lock. */
export const NAMES = 100;

/** As many names as make one lock, all made of the one that a slot has. */
export function namesOf(prefix: string): string[] {
  return Array.from({ length: NAMES }, (_, index) => `${prefix}:${index}`);
}
