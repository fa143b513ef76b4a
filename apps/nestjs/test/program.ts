import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [command, ...fixed] = (scripts.start as string).split(" ") as [string, ...string[]];

/** An application, as a process of its own. */
export class Program implements AsyncDisposable {
  /** All that it has printed. */
  readonly lines: string[] = [];
  /** The exit status; null if it was killed. */
  readonly ended: Promise<number | null>;
  readonly #child;
  #wake = () => {};

  /** Starts it by the very command of `pnpm start`. */
  constructor(url: string, ...args: string[]) {
    this.#child = spawn(command, [...fixed, ...args], {
      cwd: folder,
      env: { ...process.env, REDIS_URL: url, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    createInterface(this.#child.stdout).on("line", (line) => {
      this.lines.push(line);
      this.#wake();
    });
    this.ended = once(this.#child, "close").then(([status]) => {
      this.#wake();
      return status;
    });
  }

  /** Resolves to the first line that begins so, of those behind the first `since` lines. Rejects if the program ends without it. */
  async printed(beginning: string, since = 0): Promise<string> {
    for (;;) {
      const found = this.lines.slice(since).find((line) => line.startsWith(beginning));
      if (found !== undefined) return found;
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null)
        throw new Error(`it ended without "${beginning}":\n${this.lines.join("\n")}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGKILL");
    await this.ended;
  }
}
