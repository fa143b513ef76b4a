import type { Setting } from "./setting.ts";

/**
 * What a task does: it is not there yet, waits, has a valid lock, goes on although its lock is over, rests between two turns, or is done.
 */
export type Activity = "away" | "waiting" | "holding" | "late" | "resting" | "done";

export interface TaskState {
  readonly activity: Activity;
  readonly isPaused: boolean;
  /** Its fencing token, while it works. */
  readonly token: number | undefined;
  /** The nodes that it cannot reach, because the way to them is cut. */
  readonly cutFrom: readonly number[];
}

/** Whose a value is: a task's lock, or kept for a waiter. */
export interface Holder {
  readonly task: number;
  readonly isReservation: boolean;
  /** The first characters of the random part. */
  readonly value: string;
  /** In the run's time. */
  readonly expiresAt: number;
}

export interface NodeState {
  readonly status: "up" | "frozen" | "stopped";
  readonly holder: Holder | undefined;
  /** The largest token that it has stored. */
  readonly token: number | undefined;
  /** The tasks in its queue, the first one first. */
  readonly queue: readonly number[];
  /** By how much its clock is ahead. */
  readonly ahead: number;
}

export interface RegisterState {
  /** One more for each write that was accepted, unless a late one has set it back. */
  readonly count: number;
  readonly token: number | undefined;
  readonly accepted: number;
  readonly refused: number;
}

/** All that there is to see, from this time on until the next frame. */
export interface Frame {
  readonly at: number;
  readonly tasks: readonly TaskState[];
  readonly nodes: readonly NodeState[];
  readonly register: RegisterState;
}

export type Kind =
  | "asks"
  | "granted"
  | "extended"
  | "repaired"
  | "lost"
  | "aborted"
  | "stops"
  | "released"
  | "failed"
  | "accepted"
  | "refused"
  | "waits"
  | "refusedAgain"
  | "unheard"
  | "fault"
  | "paused"
  | "resumed";

/** Something that happened, in words. */
export interface Happening {
  readonly at: number;
  readonly kind: Kind;
  readonly task?: number;
  readonly node?: number;
  readonly text: string;
}

/** A run, from beginning to end. */
export interface Recording {
  readonly setting: Setting;
  readonly end: number;
  readonly frames: readonly Frame[];
  readonly happenings: readonly Happening[];
  readonly summary: Summary;
}

export interface Summary {
  readonly grants: number;
  readonly longestWait: number;
  /** How often somebody got the lock while another one waited who had asked before. */
  readonly overtakings: number;
  /** Commands that the tasks sent, for each lock they got. */
  readonly commandsPerGrant: number;
  /** For how long two tasks had a valid lock at the same time. */
  readonly twoValid: number;
  /** For how long two worked at the same time, because one of them did not know that its lock was over. */
  readonly twoAtWork: number;
  readonly accepted: number;
  readonly refused: number;
  /** Writes that were accepted, and are not in the register any more. */
  readonly lostUpdates: number;
}
