import { type Channel, start } from "./channel.ts";
import type { Effort } from "./effort.ts";
import type { Entrant } from "./entrant.ts";
import type { Report, Request, Slice } from "./protocol.ts";

/** A contestant could not go on; the message says why. */
export class ContestantFailed extends Error {}

/** The process of one contestant, seen from outside. */
export class Seat implements Disposable {
  readonly #channel: Channel;
  #failure: string | undefined;
  #hear: ((report: Report) => void) | undefined;
  #fail: ((error: ContestantFailed) => void) | undefined;
  #stderr = "";

  private constructor(channel: Channel) {
    this.#channel = channel;
    const { process: child } = channel;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4_000);
    });
    channel.hear((report) => {
      if (report.said === "failed") this.#end(report.reason);
      else this.#hear?.(report);
    });
    // It may also fail between two slices, while nobody listens.
    child.on("exit", (code, signal) =>
      this.#end(`its process ended (${signal ?? code}) ${this.#lastWords()}`),
    );
    child.on("error", (error) => this.#end(error.message));
  }

  /** Starts the process, and resolves once its clients are connected. Rejects with `ToolMissing` if it cannot be started. */
  static async take(
    entrant: Entrant,
    ports: readonly number[],
    effort: Effort,
    flags: readonly string[] = [],
  ): Promise<Seat> {
    const seat = new Seat(await start(entrant, ports, effort, flags));
    try {
      await seat.#answer(effort.boundMs);
    } catch (error) {
      seat[Symbol.dispose]();
      throw error;
    }
    return seat;
  }

  /** Rejects with `ContestantFailed` if the contestant failed, crashed, or said nothing within the bound. */
  ask(request: Request, boundMs: number): Promise<Report> {
    const answer = this.#answer(boundMs);
    if (this.#failure === undefined) this.#channel.tell(request);
    return answer;
  }

  /** As many pairs as fit into the time. */
  async run(ms: number, boundMs: number): Promise<Slice> {
    const report = await this.ask({ do: "run", ms }, boundMs);
    if (report.said !== "ran") throw new ContestantFailed(`it says ${report.said} when it was to run`);
    return report.slice;
  }

  [Symbol.dispose](): void {
    this.#channel.process.kill("SIGKILL");
  }

  async #answer(boundMs: number): Promise<Report> {
    if (this.#failure !== undefined) throw new ContestantFailed(this.#failure);
    const timer = setTimeout(() => this.#end(`not done after ${boundMs / 1_000} s`), boundMs);
    try {
      return await new Promise((resolve, reject) => {
        this.#hear = resolve;
        this.#fail = reject;
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #end(reason: string): void {
    this.#failure ??= reason.trim();
    this.#fail?.(new ContestantFailed(this.#failure));
  }

  #lastWords(): string {
    return this.#stderr.split("\n").find((line) => line.includes("Error")) ?? "";
  }
}
