/** Throws unless an unlock found its lock and ended it. */
export function expectReleased(result: string): void {
  if (result !== "released") throw new Error(`unlock() says ${result}`);
}
