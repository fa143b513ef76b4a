import { onBeforeUnmount, type Ref, ref, type ShallowRef, watch } from "vue";
import type { Recording } from "../engine/recording.ts";
import { lastUntil } from "../engine/spans.ts";

/** Real time between two steps of a run that is played for somebody who wants no motion. */
const CALM_STEP_MS = 700;

export interface Player {
  /** The time of the run that is shown. */
  readonly at: Ref<number>;
  readonly isPlaying: Ref<boolean>;
  /** Milliseconds of the run in one of real time. */
  readonly speed: Ref<number>;
  toggle(): void;
  seek(at: number): void;
  /** To where something changes next, or did before. */
  step(by: 1 | -1): void;
}

/** Plays a recording: it was made before, so that time may be stopped, slowed down and turned back. */
export function usePlayer(recording: ShallowRef<Recording | undefined>): Player {
  const at = ref(0);
  const isPlaying = ref(false);
  const speed = ref(0.5);
  let request: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const end = () => recording.value?.end ?? 0;
  const seek = (to: number) => {
    at.value = Math.min(Math.max(0, to), end());
    if (at.value >= end()) isPlaying.value = false;
  };
  const step = (by: 1 | -1) => {
    isPlaying.value = false;
    seek(nextChange(by));
  };
  const nextChange = (by: 1 | -1): number => {
    const frames = recording.value?.frames ?? [];
    const index = lastUntil(frames, at.value);
    if (by > 0) return frames[index + 1]?.at ?? end();
    const isOn = frames[index]?.at === at.value;
    return frames[isOn ? index - 1 : index]?.at ?? 0;
  };

  const run = (before: number) => {
    request = requestAnimationFrame((now) => {
      if (!isPlaying.value) return;
      seek(at.value + (now - before) * speed.value);
      run(now);
    });
  };
  const runCalmly = () => {
    timer = setTimeout(() => {
      if (!isPlaying.value) return;
      const happenings = recording.value?.happenings ?? [];
      seek(happenings[lastUntil(happenings, at.value) + 1]?.at ?? end());
      runCalmly();
    }, CALM_STEP_MS);
  };
  const stop = () => {
    if (request !== undefined) cancelAnimationFrame(request);
    clearTimeout(timer);
  };
  watch(isPlaying, (plays) => {
    stop();
    if (!plays) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) runCalmly();
    else run(performance.now());
  });
  onBeforeUnmount(stop);
  // Another setting may come to its end sooner.
  watch(recording, () => seek(at.value));

  return {
    at,
    isPlaying,
    speed,
    seek,
    step,
    toggle() {
      if (!isPlaying.value && at.value >= end()) at.value = 0;
      isPlaying.value = !isPlaying.value;
    },
  };
}
