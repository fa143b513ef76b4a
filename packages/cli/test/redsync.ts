import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** How a program ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as a process of its own, as it is built. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said so far. */
  readonly said: { stdout: string; stderr: string };
}

export interface StartOptions {
  /** What REDIS_URLS has. */
  readonly urls?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What runs it; Node by default. */
  readonly runtime?: readonly [string, ...string[]];
  readonly stdin?: string;
}

const started = new Set<ChildProcess>();

/** Starts `redsync` with these words. */
export function start(words: readonly string[], options: StartOptions = {}): Running {
  const { runtime = [process.execPath] } = options;
  const [command, ...args] = runtime;
  return launch(command, [...args, program, ...words], options);
}

function launch(
  command: string,
  args: readonly string[],
  { urls = "", environment, stdin, keepsStdin = false }: StartOptions & { readonly keepsStdin?: boolean },
): Running {
  const { REDIS_URL: _, ...inherited } = process.env;
  const child = spawn(command, args, {
    env: { ...inherited, NO_COLOR: "1", ...environment, REDIS_URLS: urls },
    stdio: [stdin === undefined && !keepsStdin ? "ignore" : "pipe", "pipe", "pipe"],
  });
  started.add(child);
  if (!keepsStdin) child.stdin?.end(stdin);
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]?.on("data", (text) => {
      said[stream] += text;
    });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => {
      started.delete(child);
      resolve({ status, signal, ...said });
    });
  });
  return { child, ended, said };
}

/** The beginning of a script for `sh -c`: it goes on once `guarded()` has had its process id. */
export const ONCE_GUARDED =
  'trap "echo $$; guarded=1" USR1; echo ready; until [ "$guarded" ]; do sleep 0.05; done; ';

/** Resolves to the process id of such a script once its guard is there: before that `redsync run` passes no signal on. */
export async function guarded({ child, said }: Running): Promise<number> {
  await expect.poll(() => said.stdout).toBe("ready\n");
  child.kill("SIGUSR1");
  await expect.poll(() => said.stdout).toMatch(/^ready\n\d+\n/);
  return Number.parseInt(said.stdout.slice("ready\n".length), 10);
}

/** Whether a process, or a zombie of one, is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Runs it to its end. */
export function redsync(words: readonly string[], options?: StartOptions): Promise<Ended> {
  return start(words, options).ended;
}

/** Ends what a test has left. What runs under a killed one is ended by its guard. */
export function killAll(): void {
  for (const child of started) child.kill("SIGKILL");
}

/** Starts it in a terminal of its own, by `script` of util-linux: stdout has what the terminal shows. */
export function inTerminal(words: readonly string[], options: StartOptions = {}): Running {
  const { command, args } = forTerminal([process.execPath, program, ...words]);
  return launch(command, args, { ...options, keepsStdin: true });
}

function forTerminal(words: readonly string[]): { command: string; args: readonly string[] } {
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  // The terminal is wide enough for any line.
  return { command: "script", args: ["-qefc", `stty cols 200 rows 50; exec ${quoted}`, "/dev/null"] };
}
