import type { Activity, Frame, NodeState, Recording } from "./recording.ts";

/** For so long something stayed as it was. */
export interface Span<State> {
  readonly from: number;
  readonly to: number;
  readonly state: State;
}

export interface TaskSpan {
  readonly activity: Activity;
  readonly isPaused: boolean;
}

export interface NodeSpan {
  readonly status: NodeState["status"];
  readonly task: number | undefined;
  readonly isReservation: boolean;
}

/** What a task did, and for how long each time. */
export function taskSpans(recording: Recording, task: number): Span<TaskSpan>[] {
  return spansOf(recording, ({ tasks }) => {
    const { activity = "away", isPaused = false } = tasks[task] ?? {};
    return { activity, isPaused };
  });
}

/** Whose lock a node had, and for how long each time. */
export function nodeSpans(recording: Recording, node: number): Span<NodeSpan>[] {
  return spansOf(recording, ({ nodes }) => {
    const { status = "up", holder } = nodes[node] ?? {};
    return { status, task: holder?.task, isReservation: holder?.isReservation === true };
  });
}

/** When two tasks or more had a valid lock at the same time. */
export function overlaps(recording: Recording): Span<true>[] {
  const spans = spansOf(
    recording,
    ({ tasks }) => tasks.filter(({ activity }) => activity === "holding").length > 1,
  );
  return spans.filter(({ state }) => state).map(({ from, to }) => ({ from, to, state: true }));
}

/** The index of the last one that is not later than `at`; -1 if all are. */
export function lastUntil(items: readonly { readonly at: number }[], at: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle] as { at: number }).at <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function spansOf<State>({ frames, end }: Recording, stateIn: (frame: Frame) => State): Span<State>[] {
  const spans: { from: number; to: number; state: State }[] = [];
  let last = "";
  for (const frame of frames) {
    const state = stateIn(frame);
    const text = JSON.stringify(state);
    if (text === last) continue;
    last = text;
    const before = spans.at(-1);
    if (before) before.to = frame.at;
    spans.push({ from: frame.at, to: end, state });
  }
  return spans;
}
