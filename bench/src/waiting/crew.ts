import { startGo, startNode } from "../channel.ts";
import type { Effort } from "../effort.ts";
import { programOf } from "../program.ts";
import { ContestantFailed, Seat } from "../seat.ts";
import { EXPIRY_MS } from "../workloads.ts";
import type { Assignment, Report, Request, Round, Tally } from "./protocol.ts";
import { type WaiterId, waiter } from "./waiters.ts";

type Said = Exclude<Report, { readonly said: "failed" }>;

/** The servers' ports: of those that keep the lock, and of the one that watches. */
export interface Ports {
  readonly ports: readonly number[];
  readonly observerPort: number;
}

/** The processes of one waiter that want the same name. */
export class Crew implements Disposable {
  readonly #seats: readonly Seat<Request, Said>[];
  readonly #boundMs: number;

  private constructor(seats: readonly Seat<Request, Said>[], boundMs: number) {
    this.#seats = seats;
    this.#boundMs = boundMs;
  }

  /** Resolves once every process is connected. Rejects with `ToolMissing` or `ContestantFailed`. */
  static async take(id: WaiterId, processes: number, where: Ports, effort: Effort): Promise<Crew> {
    const taken = await Promise.allSettled(
      Array.from({ length: processes }, (_, process) => takeSeat(id, process, where, effort)),
    );
    const seats = taken.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const crew = new Crew(seats, effort.boundMs);
    const failed = taken.find((each) => each.status === "rejected");
    if (failed === undefined) return crew;
    crew[Symbol.dispose]();
    throw failed.reason;
  }

  /** All processes begin at the same time. */
  wait(round: Round): Promise<Tally[]> {
    const longestMs = round.warmUpMs + round.windowMs + this.#boundMs;
    return Promise.all(
      this.#seats.map(async (seat) => {
        const report = await seat.ask({ do: "wait", round }, longestMs);
        if (report.said !== "waited")
          throw new ContestantFailed(`it says ${report.said} when it was to wait`);
        return report.tally;
      }),
    );
  }

  [Symbol.dispose](): void {
    for (const seat of this.#seats) seat[Symbol.dispose]();
  }
}

async function takeSeat(
  id: WaiterId,
  process: number,
  where: Ports,
  { boundMs, build }: Effort,
): Promise<Seat<Request, Said>> {
  const { retryMs, go } = waiter(id);
  const assignment: Assignment = {
    waiter: id,
    process,
    ...where,
    expiryMs: EXPIRY_MS,
    ...(retryMs !== undefined && { retryMs }),
  };
  const channel = go
    ? await startGo<Request, Report>("wait", { ...assignment, client: "go-redis" }, build)
    : await node(assignment);
  return Seat.on<Request, Said>(channel, boundMs);
}

async function node(assignment: Assignment) {
  const program = await programOf("waiter");
  return startNode<Request, Report>(program, assignment, process.execPath, ["--expose-gc"]);
}
