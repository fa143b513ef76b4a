/** How often the signal tells of its abort. */
export function abortsOf(signal: AbortSignal): { aborts: number } {
  const count = { aborts: 0 };
  signal.addEventListener("abort", () => {
    count.aborts++;
  });
  return count;
}
