import type { Clock } from "./clock.ts";
import type { RedisNode } from "./node.ts";

/**
 * A node as one `Redsync` sees it: its place in the list, and whether it has gone silent.
 *
 * A frozen server keeps whatever is sent to it in the client's queue, and does it all when it wakes. So a node that left a
 * command unanswered past a round's deadline, and has said nothing since, is asked again only when its silence has
 * doubled, and once per expiry at last. Plain numbers, no timer and no promise: requests on Workers may share them.
 */
export class Link {
  readonly index: number;
  readonly node: RedisNode;
  readonly #clock: Clock;
  #replies = 0;
  #silentSince: number | undefined;
  #nextProbe = 0;

  constructor(index: number, node: RedisNode, clock: Clock) {
    this.index = index;
    this.node = node;
    this.#clock = clock;
  }

  /** How often the node has answered, so that a command can tell whether it has since. */
  get replies(): number {
    return this.#replies;
  }

  /** Milliseconds since the first command that was never answered. */
  get silence(): number {
    return this.#silentSince === undefined ? 0 : this.#clock.monotonic() - this.#silentSince;
  }

  /**
   * A command came to an end. Where it `isReply`, be it an error, the node is there. A client that gave the command up is no sign
   * of life, but it may have a new connection, and may ask once more.
   */
  heard(isReply: boolean): void {
    this.#nextProbe = 0;
    if (!isReply) return;
    this.#replies++;
    this.#silentSince = undefined;
  }

  /** A command that was sent at `time` of the monotonic clock, after so many `replies`, has passed its deadline. */
  overdue(replies: number, time: number): void {
    if (this.#replies === replies) this.#silentSince ??= time;
  }

  /** Whether a command may be sent to the node though it is silent. */
  admits(expiry: number): boolean {
    const { silence } = this;
    const present = this.#clock.monotonic();
    if (present < this.#nextProbe) return false;
    this.#nextProbe = present + Math.min(silence, expiry);
    return true;
  }
}
