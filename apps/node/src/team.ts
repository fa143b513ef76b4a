import { Redsync } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
import type { Booking } from "./booking.ts";
import { perform, type Run } from "./run.ts";
import { memoryStore, type Plan } from "./store.ts";

/** Those who make a run, wherever they are. */
export interface Team {
  /** Who works, and on what nodes, for the reader. */
  readonly description: string;
  /** What to call a task in the timeline. */
  label(task: number): string;
  /** Makes one run over an empty plan, and resolves to what the store says in the end. */
  perform(run: Run, signal: AbortSignal, onBooking: (booking: Booking) => void): Promise<Plan>;
  /** Ends everybody, with their locks released and nothing of theirs left in a store. */
  close(): Promise<void>;
}

/** All tasks in this process, over three nodes in memory. */
export function localTeam(tasks: number): Team {
  const redsync = new Redsync([memoryNode(), memoryNode(), memoryNode()]);
  return {
    description: `${tasks} tasks in this process, one lock over 3 nodes in memory.`,
    label: (task) => `task ${task + 1}`,
    async perform(run, signal, onBooking) {
      const store = memoryStore();
      await perform(run, { store, redsync, signal, onBooking });
      return store.read();
    },
    close: () => redsync.settled(),
  };
}
