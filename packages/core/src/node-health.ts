import type { Clock, Moment } from "./clock.ts";
import type { RedisNode } from "./node.ts";
import { type NodeError, unresponsiveError } from "./node-error.ts";
import { Outage } from "./outage.ts";

/** For how long queues are left alone while a slot moves: a client may try for longer than a round before it says so. */
const QUEUES_PAUSE_MS = 10_000;

/**
 * A node as one `Redsync` sees it: its place in the list, what its server accepts, and whether it may be asked.
 *
 * A frozen server keeps whatever is sent to it in the client's queue, and does it all when it wakes. So a node that left a
 * command unanswered past a round's deadline, and has said nothing since, is asked again only when its silence has
 * doubled, and once per expiry at last. Plain data, no timer and no promise: requests on Workers may share it.
 */
export class NodeHealth {
  readonly index: number;
  readonly node: RedisNode;
  /** Which of its failures are reported. */
  readonly outage: Outage = new Outage();
  /** Whether its server takes scripts by their text alone: EVALSHA is forbidden, or unknown to it. */
  forbidsDigest = false;
  /** Until when, by the monotonic clock, it is not asked about queues: its server refused their keys. */
  #queuesAgainAt = 0;
  /** Whether the keys of one command must share a slot: no command is about two names then. */
  hasSlots: boolean;
  #silence: NodeError | undefined;
  #repliedAt = -Infinity;
  /** When the first command was sent that it has not answered. */
  #silentSince = 0;
  /** The round that may probe it then, and when the next one may. */
  #probe: Moment | undefined;
  #nextProbe = 0;

  constructor(node: RedisNode, index: number) {
    this.index = index;
    this.node = node;
    this.hasSlots = node.slots === true;
  }

  /** Why its client has no connection, if it knows. Nothing depends on it, so what it throws is nobody's failure. */
  disconnection(): Error | undefined {
    try {
      return this.node.disconnection?.();
    } catch {
      return undefined;
    }
  }

  /** Its server lets nobody have the keys of queues; or `forNow` cannot, while a slot of a Cluster moves. */
  refuseQueues(forNow: boolean, clock: Pick<Clock, "monotonic">): void {
    this.#queuesAgainAt = forNow ? clock.monotonic() + QUEUES_PAUSE_MS : Infinity;
  }

  /** Whether it may be asked about queues. */
  allowsQueues(clock: Pick<Clock, "monotonic">): boolean {
    return this.#queuesAgainAt === 0 || clock.monotonic() >= this.#queuesAgainAt;
  }

  /**
   * A command came to an end at that monotonic time. If it `isReply`, be it an error, the node is there. A client that gave the
   * command up is no sign of life, but it may have a new connection, and may ask once more.
   */
  onReply(isReply: boolean, at: number): void {
    this.#nextProbe = 0;
    if (!isReply) return;
    this.#silence = undefined;
    this.#repliedAt = at;
  }

  /** A command of a round that started then has passed its deadline. */
  onTimeout({ startedAt, startedAtWall }: Moment): void {
    if (this.#silence || this.#repliedAt >= startedAt) return;
    this.#silentSince = startedAt;
    this.#silence = unresponsiveError(this.index, startedAtWall, this.disconnection());
  }

  /** What is to be said of the node if it has been silent for longer than that. */
  unresponsiveFor(ms: number, { startedAt }: Moment): NodeError | undefined {
    return startedAt - this.#silentSince > ms ? this.#silence : undefined;
  }

  /** Whether the commands of this round may be sent to it though it is silent: all of them, or none. Counts as asking. */
  allowRequest(round: Moment, expiry: number): boolean {
    const { startedAt } = round;
    if (this.#probe !== round && startedAt >= this.#nextProbe) {
      this.#probe = round;
      this.#nextProbe = startedAt + Math.min(startedAt - this.#silentSince, expiry);
    }
    return this.#probe === round;
  }
}
