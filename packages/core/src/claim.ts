import type { Call } from "./call.ts";
import type { NodeError } from "./errors.ts";
import { proposal } from "./fence.ts";
import type { Seat, Target } from "./nodes.ts";
import type { NodeAnswer } from "./quorum.ts";
import { type Question, Round } from "./round.ts";

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 400;

/**
 * What one value has on the nodes: it is put there, kept while somebody holds it, and taken back otherwise, also where a node
 * says only later that it was granted.
 */
export class Claim {
  readonly target: Target;
  readonly value: string;
  /** The fencing token, where there is one. */
  token: number | undefined;
  /** Where the value may be. */
  readonly seats: Set<Seat> = new Set();
  /** Where the fence could not be reached with the name. The next extension goes there for the name alone, and mends nothing yet. */
  readonly fenceAway: Set<Seat> = new Set();
  /** What may still put it somewhere. */
  #puts: Round[] = [];

  constructor(target: Target, value: string, token?: number) {
    this.target = target;
    this.value = value;
    this.token = token;
  }

  /** Whether grants are kept, as whoever has the claim says; from then on that it says no, they are taken back. */
  isWanted(): boolean {
    return true;
  }

  /** Asks the nodes to take the value, or to keep it for longer. */
  put(
    operation: "acquire" | "repair" | "extend" | "adopt",
    call: Call,
    some: Pick<Question, "seats" | "granted" | "attempt" | "mayMissFence" | "heard"> = {},
  ): Round {
    const round = new Round(this, {
      ...some,
      operation,
      call,
      token: operation === "acquire" ? proposal(this.target) : this.token,
      heard: (seat, answer, isLate, isPermanent) => {
        some.heard?.(seat, answer, isLate, isPermanent);
        // Where a release was sent, at the deadline, it may have come first: HTTP and pools keep no order. And nobody waits for
        // the verdict on a repair.
        const isUnseen = isLate || operation === "repair";
        if (isUnseen && answer === "ok" && !this.isWanted()) this.release(call, [seat]);
      },
    });
    for (const seat of round.asked) this.seats.add(seat);
    if (operation === "acquire" || operation === "repair")
      this.#puts = [...this.#puts.filter(isPending), round];
    return round;
  }

  /**
   * Gives the value up: takes it back from everybody who may have it by this round. Resolves when those who had granted it have
   * answered, and never rejects.
   */
  async undo({ answers }: Round, call: Call): Promise<void> {
    this.isWanted = () => false;
    const granted: Seat[] = [];
    const unsure: Seat[] = [];
    for (const seat of this.seats) {
      const answer = answers.get(seat);
      if (answer === "ok") granted.push(seat);
      // A seat that was not asked may have it from before, and one that had nothing may have been given it since, by a repair. One
      // that refused may have been asked before, by a client that sends again.
      else if (answer !== "taken") unsure.push(seat);
    }
    this.release(call, unsure);
    await this.release(call, granted).judged;
  }

  /**
   * Takes the value back, by default from every node: from the silent ones too where it may be. With `insists` a node that refuses
   * for a moment is asked again before the verdict.
   *
   * A delete that a client could not deliver, or that a server refused for a moment (BUSY, LOADING), is sent again, twice within
   * half a second: what it is to take back may have landed before the connection broke, and most clients are connected again by
   * then. What remains ends with its expiry.
   */
  release(
    call: Call,
    seats: Iterable<Seat> = this.target.seats,
    { pause = FIRST_PAUSE_MS, insists = false }: { pause?: number; insists?: boolean } = {},
  ): Round {
    const { clock, expiry } = this.target;
    const heard = (seat: Seat, answer: NodeAnswer | NodeError, _: boolean, isPermanent: boolean) => {
      if (typeof answer === "string" || isPermanent) return;
      if (pause > Math.min(LAST_PAUSE_MS, expiry)) return;
      const end = call.begin(clock.monotonic() + expiry);
      const again = () => {
        this.release(call, [seat], { pause: 4 * pause });
        end();
      };
      clock.setTimer(again, pause, false);
    };
    return new Round(this, { operation: "release", call, seats: [...seats], insists, heard });
  }

  /** Whether what was sent before may still put the value there. */
  isPutting(seat: Seat): boolean {
    return this.#puts.some((round) => round.isWaitingFor(seat));
  }

  /** What a release has to wait for, up to the deadline: the answers to what may still put the value there. */
  pendingAt(seat: Seat): Promise<unknown> | undefined {
    const pending = this.#puts.filter((round) => round.isWaitingFor(seat));
    return pending.length > 0 ? Promise.all(pending.map((round) => round.settled(seat))) : undefined;
  }
}

function isPending(round: Round): boolean {
  return round.asked.some((seat) => round.isWaitingFor(seat));
}
