import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [command, ...fixed] = (scripts.start as string).split(" ") as [string, ...string[]];

/** Those that are killed at the end, if they are still there. */
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** One who asks for the value, as a process of its own. */
export interface Program {
  readonly pid: number | undefined;
  /** Resolves once this line was printed; rejects where the process ends without it. */
  printed(line: string): Promise<void>;
  kill(): void;
  /** How it ended, and all lines that it printed. */
  readonly ended: Promise<{ readonly status: number | null; readonly lines: readonly string[] }>;
}

/** Starts one by the very command of `pnpm start`. */
export function start(url: string, ...args: string[]): Program {
  const child = spawn(command, [...fixed, ...args], {
    cwd: folder,
    env: { ...process.env, REDIS_URL: url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const lines = () => output.split("\n").slice(0, -1);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  running.add(child);
  const ended = once(child, "close").then(([status]) => {
    running.delete(child);
    return { status, lines: lines() };
  });
  return {
    pid: child.pid,
    async printed(line) {
      while (!lines().includes(line)) {
        const more = once(child.stdout, "data").then(() => true);
        if (await Promise.race([more, ended.then(() => false)])) continue;
        throw new Error(`the program ended without printing "${line}":\n${output}`);
      }
    },
    kill: () => void child.kill("SIGKILL"),
    ended,
  };
}
