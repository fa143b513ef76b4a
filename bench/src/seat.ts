import { type Channel, start } from "./channel.ts";
import type { Effort } from "./effort.ts";
import type { Entrant } from "./entrant.ts";
import type { Report, Request, Slice } from "./protocol.ts";

/** What every process that is measured may say. */
type Failed = { readonly said: "failed"; readonly reason: string };

/** A contestant could not go on; the message says why. */
export class ContestantFailed extends Error {}

/** The process of one contestant, seen from outside. */
export class Seat<Asked, Said extends { readonly said: string }> implements Disposable {
  readonly #channel: Channel<Asked, Said | Failed>;
  #failure: string | undefined;
  #hear: ((report: Said) => void) | undefined;
  #fail: ((error: ContestantFailed) => void) | undefined;
  #stderr = "";

  private constructor(channel: Channel<Asked, Said | Failed>) {
    this.#channel = channel;
    const { process: child } = channel;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4_000);
    });
    channel.hear((report) => {
      if (isFailed(report)) this.#end(report.reason);
      else this.#hear?.(report);
    });
    // It may also fail between two slices, while nobody listens.
    child.on("exit", (code, signal) =>
      this.#end(`its process ended (${signal ?? code}) ${this.#lastWords()}`),
    );
    child.on("error", (error) => this.#end(error.message));
  }

  /** Resolves once the process is ready. */
  static async on<Asked, Said extends { readonly said: string }>(
    channel: Channel<Asked, Said | Failed>,
    boundMs: number,
  ): Promise<Seat<Asked, Said>> {
    const seat = new Seat(channel);
    try {
      await seat.#answer(boundMs);
    } catch (error) {
      seat[Symbol.dispose]();
      throw error;
    }
    return seat;
  }

  /** Rejects with `ContestantFailed` if the contestant failed, crashed, or said nothing within the bound. */
  ask(request: Asked, boundMs: number): Promise<Said> {
    const answer = this.#answer(boundMs);
    if (this.#failure === undefined) this.#channel.tell(request);
    return answer;
  }

  [Symbol.dispose](): void {
    this.#channel.process.kill("SIGKILL");
  }

  async #answer(boundMs: number): Promise<Said> {
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

function isFailed(report: { readonly said: string }): report is Failed {
  return report.said === "failed";
}

/** The seat of a contestant. */
export type ContestantSeat = Seat<Request, Exclude<Report, Failed>>;

/** Starts the process, and resolves once its clients are connected. Rejects with `ToolMissing` if it cannot be started. */
export async function takeSeat(
  entrant: Entrant,
  ports: readonly number[],
  effort: Effort,
  flags: readonly string[] = [],
): Promise<ContestantSeat> {
  return Seat.on(await start(entrant, ports, effort, flags), effort.boundMs);
}

/** As many pairs as fit into the time. */
export async function runSlice(seat: ContestantSeat, ms: number, boundMs: number): Promise<Slice> {
  const report = await seat.ask({ do: "run", ms }, boundMs);
  if (report.said !== "ran") throw new ContestantFailed(`it says ${report.said} when it was to run`);
  return report.slice;
}
