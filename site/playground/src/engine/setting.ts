/** How those that wait learn that their turn has come: by a queue on the nodes, by asking again and again, or half of them so and half so. */
export type Waiting = "fair" | "polling" | "mixed";

/** What befalls a node, a task or the way between them. Nodes and tasks are numbered from 0. */
export type Fault = { readonly at: number } & (
  | { readonly what: "stop" | "freeze" | "start" | "empty" | "failover"; readonly node: number }
  | { readonly what: "jump"; readonly node: number; readonly ms: number }
  | { readonly what: "pause" | "pauseBeforeWrite"; readonly task: number; readonly ms: number }
  | { readonly what: "cut" | "heal"; readonly task: number; readonly node: number }
);

/** All that decides a run: the same setting gives the same run. Durations are in milliseconds of the run's own time. */
export interface Setting {
  readonly seed: number;
  readonly nodes: 1 | 3 | 5;
  readonly tasks: number;
  /** How often each task takes the lock. */
  readonly turns: number;
  /** How long it works while it has the lock. */
  readonly work: number;
  readonly fencing: boolean;
  readonly waiting: Waiting;
  /** How long a message is on its way, on average. */
  readonly latency: number;
  /** How many of 100 replies get lost. */
  readonly loss: number;
  readonly faults: readonly Fault[];
}

export const MAX_TASKS = 8;
export const EXPIRY = 2_000;
/** The shortest and the longest pause of a task that polls: by default redlock 5 asks again after 200 ms, give or take 100. */
export const POLLING_MS = [100, 300] as const;

export const defaultSetting: Setting = {
  seed: 1,
  nodes: 3,
  tasks: 3,
  turns: 2,
  work: 600,
  fencing: true,
  waiting: "fair",
  latency: 15,
  loss: 0,
  faults: [],
};

/** A task's letter, which is also the `owner` in the values of its locks. */
export function taskName(task: number): string {
  return String.fromCharCode(65 + task);
}

export function nodeName(node: number): string {
  return `node ${node + 1}`;
}

/** A fault in words, without its time. */
export function describeFault(fault: Fault): string {
  switch (fault.what) {
    case "stop":
      return `${nodeName(fault.node)} stops`;
    case "freeze":
      return `${nodeName(fault.node)} freezes`;
    case "start":
      return `${nodeName(fault.node)} goes on`;
    case "empty":
      return `${nodeName(fault.node)} restarts empty`;
    case "failover":
      return `${nodeName(fault.node)} fails over to a replica that has not heard of the last writes`;
    case "jump":
      return `the clock of ${nodeName(fault.node)} jumps ahead by ${fault.ms / 1_000} s`;
    case "pause":
      return `task ${taskName(fault.task)} is paused for ${fault.ms / 1_000} s`;
    case "pauseBeforeWrite":
      return `task ${taskName(fault.task)} is to be paused for ${fault.ms / 1_000} s before its next write`;
    case "cut":
      return `task ${taskName(fault.task)} and ${nodeName(fault.node)} cannot reach each other`;
    case "heal":
      return `task ${taskName(fault.task)} and ${nodeName(fault.node)} reach each other again`;
  }
}
