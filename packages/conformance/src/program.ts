import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The command of `pnpm start` in a package. */
function startOf(folder: string): readonly [command: string, args: readonly string[]] {
  const { scripts } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const [command = "", ...args] = (scripts.start as string).split(" ");
  return [command, args];
}

/** An app, as a process of its own. */
export class Program implements AsyncDisposable {
  /** All that it has printed. */
  readonly lines: string[] = [];
  /** The exit status; null if it was killed. */
  readonly ended: Promise<number | null>;
  readonly #child;
  #wake = () => {};

  /** Starts the app of that folder by the very command of `pnpm start`, over a server at that URL. */
  constructor(app: URL, url: string, ...args: readonly string[]) {
    const folder = fileURLToPath(app);
    const [command, fixed] = startOf(folder);
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
