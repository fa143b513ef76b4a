import type { NodeError } from "./errors.ts";
import { proposal } from "./fence.ts";
import type { Seat, Target } from "./nodes.ts";
import type { Answer } from "./quorum.ts";
import { type Follower, type Question, Round } from "./round.ts";
import type { Work } from "./work.ts";

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 400;

/** Whom a claim asks, by default all, who counts as having granted before, and who hears the answers. */
type PutOptions = Pick<Question, "seats" | "granted" | "attempt"> & Partial<Pick<Follower, "heard">>;

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
  #seats: readonly Seat[] = [];
  /** What may still put it somewhere. */
  #acquires: Round[] = [];
  #isWanted: (() => boolean) | undefined;

  constructor(target: Target, value: string) {
    this.target = target;
    this.value = value;
  }

  /** Grants are kept for as long as this says so, and taken back from then on. */
  keepWhile(isWanted: () => boolean): void {
    this.#isWanted = isWanted;
  }

  /** Asks the nodes to take the value, or to keep it for longer. */
  put(operation: "acquire" | "repair" | "extend", work: Work, { heard, ...some }: PutOptions = {}): Round {
    const { target, value } = this;
    const token = operation === "acquire" ? proposal(target) : this.token;
    const round = new Round(
      { operation, target, value, token, work, insists: this.#seats, ...some },
      {
        // What was given up is not sent again: its undo may have overtaken it.
        wants: () => this.#isWanted?.() === true,
        heard: (seat, answer, isLate) => {
          heard?.(seat, answer, isLate);
          // Where a release was sent, at the deadline, it may have come first: HTTP and pools keep no order. And nobody waits for
          // the verdict on a repair.
          const isUnseen = isLate || operation === "repair";
          if (isUnseen && answer === "granted" && this.#isWanted?.() === false) this.release(work, [seat]);
        },
      },
    );
    const isNew = (seat: Seat) => !this.#seats.includes(seat);
    if (round.asked.some(isNew)) this.#seats = this.#seats.concat(round.asked.filter(isNew));
    if (operation !== "extend") this.#acquires = [...this.#acquires.filter(isPending), round];
    return round;
  }

  /**
   * Gives the value up: takes it back from everybody who may have it by this round. Resolves when those who had granted it have
   * answered, and never rejects.
   */
  async undo(round: Round, work: Work): Promise<void> {
    this.#isWanted = () => false;
    const granted = this.#seats.filter((seat) => round.answerOf(seat) === "granted");
    // Who was not asked may have it from before, and who had nothing may have been given it since, by a repair.
    const unsure = this.#seats.filter(
      (seat) => !["granted", "taken"].includes(round.answerOf(seat) as string),
    );
    if (unsure.length > 0) this.release(work, unsure);
    if (granted.length > 0) await this.release(work, granted).judged;
  }

  /**
   * Takes the value back, by default from every node: from the silent ones too where it may be.
   *
   * Where the client could not deliver that, it is sent again, twice within half a second: what it is to take back may have
   * landed before the connection broke, and most clients are connected again by then. What remains ends with its expiry.
   */
  release(work: Work, seats?: readonly Seat[], pause: number = FIRST_PAUSE_MS): Round {
    const { target, value } = this;
    const { nodes, settings } = target;
    const heard = (seat: Seat, answer: Answer | NodeError) => {
      const isLost = typeof answer !== "string" && !answer.refused;
      if (!isLost || pause > LAST_PAUSE_MS || pause > settings.expiry) return;
      const endsBy = nodes.clock.monotonic() + settings.expiry;
      work.begin(endsBy);
      nodes.afterAsleep(pause, () => {
        this.release(work, [seat], 4 * pause);
        work.end(endsBy);
      });
    };
    const holdsBack = (seat: Seat) => this.#pendingAt(seat);
    const insists = this.#seats;
    return new Round(
      { operation: "release", target, value, work, seats: seats ?? target.seats, insists, holdsBack },
      { wants: () => true, heard },
    );
  }

  /** Whether what was sent before may still put the value there. */
  isPutting(seat: Seat): boolean {
    return this.#acquires.some((round) => round.isWaitingFor(seat));
  }

  /** A release comes after what it takes back, so it waits for the answer to that, up to the deadline. */
  #pendingAt(seat: Seat): Promise<unknown> | undefined {
    if (!this.isPutting(seat)) return undefined;
    const pending = this.#acquires.filter((round) => round.isWaitingFor(seat));
    return Promise.all(pending.map((round) => round.settled(seat)));
  }
}

function isPending(round: Round): boolean {
  return round.asked.some((seat) => round.isWaitingFor(seat));
}
