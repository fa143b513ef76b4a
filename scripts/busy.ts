import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Starts this many processes that keep a core busy each, until `stop()`, or until this process has ended, however it did. */
export function startBusyLoops(count: number): { readonly pids: readonly number[]; stop(): void } {
  const program = fileURLToPath(new URL("busy-loop.ts", import.meta.url));
  const loops: ChildProcess[] = Array.from({ length: count }, () => fork(program));
  return {
    pids: loops.flatMap(({ pid }) => pid ?? []),
    stop() {
      for (const loop of loops) loop.kill("SIGKILL");
    },
  };
}
