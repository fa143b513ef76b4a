import type { NodeError } from "./errors.ts";
import type { Link } from "./link.ts";
import type { Answer } from "./quorum.ts";
import { releaseAt } from "./release.ts";
import { type Follower, type Question, Round } from "./round.ts";

/**
 * A round that puts our value on the nodes, or keeps it there: what it achieved is kept while a lock holds it, and undone
 * otherwise, also where a node says so only later.
 */
export class Attempt implements Follower {
  readonly round: Round;
  readonly #question: Question;
  readonly #undone: Link[] = [];
  #fate: "open" | "kept" | "given up" = "open";
  #holds: () => boolean = () => false;

  constructor(question: Question) {
    this.#question = question;
    this.round = new Round(question, this);
  }

  /** The attempt succeeded: late grants are kept for as long as `holds` says. */
  keep(holds: () => boolean): void {
    this.#fate = "kept";
    this.#holds = holds;
  }

  /**
   * Takes the value back from every node that may have it: at once where the node has answered, else when it does or at the
   * round's deadline. Resolves when the nodes that had granted it have answered, and never rejects.
   */
  async undo(): Promise<void> {
    this.#fate = "given up";
    this.#holds = () => false;
    const granted: Promise<void>[] = [];
    for (const link of this.round.asked) {
      const answer = this.round.answerOf(link);
      if (this.round.isWaitingFor(link) && !this.round.isOverdue) continue;
      if (answer === "taken" || answer === "absent") continue;
      const undone = this.#undoAt(link);
      if (answer === "granted") granted.push(undone);
    }
    await Promise.all(granted);
  }

  /** An attempt that was given up does not send its script again: an undo may have overtaken it. */
  wants(): boolean {
    return this.#fate === "kept" && this.#holds();
  }

  late(link: Link, answer: Answer | NodeError): void {
    if (this.#fate === "open" || answer === "taken" || answer === "absent") return;
    const isFirst = this.#fate === "given up" && !this.#undone.includes(link);
    if (isFirst || (answer === "granted" && !this.#holds())) void this.#undoAt(link);
  }

  overdue(links: readonly Link[]): void {
    if (this.#fate === "given up") for (const link of links) void this.#undoAt(link);
  }

  #undoAt(link: Link): Promise<void> {
    this.#undone.push(link);
    return releaseAt(this.#question, link).judged;
  }
}
