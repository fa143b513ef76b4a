/** The same items in an order that is drawn anew each time. */
export function inRandomOrder<T>(list: readonly T[]): T[] {
  const drawn = list.map((item): [number, T] => [Math.random(), item]);
  return drawn.sort(([one], [other]) => one - other).map(([, item]) => item);
}
