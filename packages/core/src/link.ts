import type { Instant } from "./clock.ts";
import { type NodeError, silent } from "./errors.ts";
import type { RedisNode } from "./node.ts";

/**
 * A node as one `Redsync` sees it: its place in the list, and whether it has gone silent.
 *
 * A frozen server keeps whatever is sent to it in the client's queue, and does it all when it wakes. So a node that left a
 * command unanswered past a round's deadline, and has said nothing since, is asked again only when its silence has
 * doubled, and once per expiry at last. Plain data, no timer and no promise: requests on Workers may share them.
 */
export class Link {
  readonly index: number;
  readonly node: RedisNode;
  /** What is to be said of the node while it is silent. */
  #silence: NodeError | undefined;
  /** When it replied last, and when the first command was sent that it has not answered. */
  #repliedAt = -Infinity;
  #since = 0;
  /** The round that may probe it then, and when the next one may. */
  #probe: Instant | undefined;
  #nextProbe = 0;

  constructor(index: number, node: RedisNode) {
    this.index = index;
    this.node = node;
  }

  /**
   * A command came to an end at that monotonic time. Where it `isReply`, be it an error, the node is there. A client that gave the
   * command up is no sign of life, but it may have a new connection, and may ask once more.
   */
  heard(isReply: boolean, present: number): void {
    this.#nextProbe = 0;
    if (!isReply) return;
    this.#silence = undefined;
    this.#repliedAt = present;
  }

  /** A command that was sent then has passed its deadline. */
  overdue(sent: Instant): void {
    if (this.#silence || this.#repliedAt >= sent.monotonic) return;
    this.#since = sent.monotonic;
    this.#silence = silent(this.index, sent.wall);
  }

  /** What is to be said of it where it has been silent for longer than that. */
  silentFor(ms: number, present: Instant): NodeError | undefined {
    return present.monotonic - this.#since > ms ? this.#silence : undefined;
  }

  /** Whether the commands of a round that begins then may be sent to it though it is silent: all of them, or none. */
  admits(round: Instant, expiry: number): boolean {
    const { monotonic } = round;
    if (this.#probe !== round && monotonic >= this.#nextProbe) {
      this.#probe = round;
      this.#nextProbe = monotonic + Math.min(monotonic - this.#since, expiry);
    }
    return this.#probe === round;
  }
}
