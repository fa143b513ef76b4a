import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [command, ...fixed] = (scripts.start as string).split(" ") as [string, ...string[]];

/** How a program ended. */
export interface Ending {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The demo as a process of its own. */
export interface Program {
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;
  /** Resolves once the standard output has this text. */
  printed(text: string): Promise<void>;
}

/** Starts the demo by the very command of `npm start`. */
export function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
  const { REDIS_URLS: _, ...inherited } = process.env;
  const child = spawn(command, [...fixed, ...args], {
    cwd: folder,
    env: { ...inherited, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([status]) => ({
    status: status as number | null,
    stdout,
    stderr,
  }));
  return {
    child,
    ended,
    async printed(text) {
      while (!stdout.includes(text)) {
        const more = once(child.stdout, "data").then(() => true);
        if (!(await Promise.race([more, ended.then(() => false)])))
          throw new Error(`the program ended without printing "${text}":\n${stdout}${stderr}`);
      }
    },
  };
}

/** Runs the demo to its end. */
export function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ending> {
  return start(args, environment).ended;
}

/** What the table says of one thing: without a lock, and with one. */
export function column(stdout: string, name: string): readonly [without: number, withLock: number] {
  const cells = (first: string) =>
    stdout
      .split("\n")
      .find((line) => line.startsWith(`│ ${first} `))
      ?.split("│")
      .map((cell) => cell.trim());
  const index = cells("(index)")?.indexOf(name) ?? -1;
  if (index === -1) throw new Error(`no column "${name}" in:\n${stdout}`);
  return [Number(cells("without a lock")?.[index]), Number(cells("with a lock")?.[index])];
}
