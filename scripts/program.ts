import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";

/**
 * What this process runs now. Ctrl-C and SIGTERM end all of it, and then this process. It is told by SIGTERM in both cases: turbo's
 * launcher leaves SIGINT to the terminal, which may not be where it came from.
 */
const running = new Set<ChildProcess>();
let endedBy: NodeJS.Signals | undefined;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    endedBy = signal;
    for (const child of running) child.kill("SIGTERM");
    if (running.size === 0) process.exit(128 + constants.signals[signal]);
  });
}

export interface ProgramOptions {
  readonly cwd?: string;
  /** Takes what it prints. Default: the terminal does. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** Ends the program with SIGTERM if it prints nothing for so long, in ms. Default: never. */
  readonly silence?: number;
}

/** Runs a program; resolves to whether its exit status is 0. Never resolves if a signal ends this process meanwhile. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { cwd, onOutput, silence }: ProgramOptions = {},
): Promise<boolean> {
  const child = spawn(command, args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  running.add(child);
  const onSilence = () => {
    console.error(`\nNothing has ended for ${(silence ?? 0) / 1_000} s: what still runs is ended.`);
    child.kill("SIGTERM");
  };
  const limit = silence === undefined ? undefined : setTimeout(onSilence, silence);
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.on("data", (chunk: Buffer) => {
      limit?.refresh();
      if (onOutput) onOutput(chunk);
      else to.write(chunk);
    });
  }
  try {
    const [status] = await once(child, "close");
    if (endedBy !== undefined) process.exit(128 + constants.signals[endedBy]);
    return status === 0;
  } finally {
    clearTimeout(limit);
    running.delete(child);
  }
}
