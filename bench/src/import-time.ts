import { spawnSync } from "node:child_process";
import { shuffled, summary } from "./statistics.ts";

/** How much longer a fresh process lives that imports a package. */
export interface ImportTime {
  readonly title: string;
  readonly ms: number;
}

const EMPTY = "an empty process";

const programs: readonly { readonly title: string; readonly code: string }[] = [
  { title: EMPTY, code: "" },
  { title: "**@redsync/core**", code: 'await import("@redsync/core")' },
  { title: "**@redsync/ioredis**", code: 'await import("@redsync/ioredis")' },
  { title: "redlock", code: 'await import("redlock")' },
  { title: "@sesamecare-oss/redlock", code: 'await import("@sesamecare-oss/redlock")' },
  { title: "redis-semaphore", code: 'await import("redis-semaphore")' },
  { title: "redlock-universal", code: 'await import("redlock-universal")' },
  { title: "ioredis itself", code: 'await import("ioredis")' },
];

/** The median of fresh processes, less that of the empty one. The first entry is the empty process itself. */
export function importTimes(times: number): ImportTime[] {
  const runs = new Map(programs.map(({ title }) => [title, [] as number[]]));
  for (let run = 0; run < times; run++) {
    for (const { title, code } of shuffled(programs)) runs.get(title)?.push(lifeOf(code));
  }
  const median = (title: string) => summary(runs.get(title) ?? []).median;
  return programs.map(({ title }) => ({ title, ms: median(title) - (title === EMPTY ? 0 : median(EMPTY)) }));
}

function lifeOf(code: string): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${code} failed: ${stderr}`);
  return performance.now() - started;
}
