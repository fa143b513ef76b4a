/** Waits for so many turns of the queue of promises: a part of one turn of the event loop. */
export async function ticks(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await undefined;
}
