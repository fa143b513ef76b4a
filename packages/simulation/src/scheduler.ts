/** What will be done at some time, unless it is cancelled. */
export interface ScheduledEvent {
  cancel(): void;
}

interface Entry {
  readonly time: number;
  readonly number: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** The event loop of a simulation. The one true time, in milliseconds, jumps from one scheduled event to the next. */
export class Scheduler {
  now = 0;
  steps = 0;
  readonly #heap: Entry[] = [];
  #count = 0;

  after(ms: number, run: () => void): ScheduledEvent {
    const entry: Entry = { time: this.now + ms, number: this.#count++, run, isCancelled: false };
    this.#push(entry);
    return {
      cancel() {
        entry.isCancelled = true;
      },
    };
  }

  /**
   * Runs until nothing is scheduled any more, or it `isOver`. `afterStep` is called when all that follows at once from a step is done.
   */
  async run(afterStep: () => void, isOver: () => boolean = () => false): Promise<void> {
    for (let entry = this.#pop(); entry !== undefined && !isOver(); entry = this.#pop()) {
      if (entry.isCancelled) continue;
      this.steps++;
      this.now = entry.time;
      entry.run();
      await allPromises();
      afterStep();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent] as Entry, entry)) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++;
      if (isBefore(last, heap[child] as Entry)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.number < b.number);
}

/** The runtime takes up its next immediate only when no promise has a reaction left to run, however long the chain. */
function allPromises(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((resolve) => setImmediate(resolve));
  return nextMessage();
}

/** The same in a browser, which has messages instead of immediates. */
function nextMessage(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
