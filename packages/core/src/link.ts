import type { Instant } from "./clock.ts";
import { type NodeError, silent } from "./errors.ts";
import type { RedisNode } from "./node.ts";
import { Outage } from "./outage.ts";

/**
 * A node as one `Redsync` sees it: its place in the list, and whether it has gone silent.
 *
 * A frozen server keeps whatever is sent to it in the client's queue, and does it all when it wakes. So a node that left a
 * command unanswered past a round's deadline, and has said nothing since, is asked again only when its silence has
 * doubled, and once per expiry at last. Plain data, no timer and no promise: requests on Workers may share them.
 */
export interface Link {
  readonly index: number;
  readonly node: RedisNode;
  /** Which of its failures are told. */
  readonly outage: Outage;
  /** Whether its server takes scripts by their text alone: EVALSHA is forbidden, or unknown to it. */
  forbidsDigest: boolean;
  /**
   * A command came to an end at that monotonic time. Where it `isReply`, be it an error, the node is there. A client that gave the
   * command up is no sign of life, but it may have a new connection, and may ask once more.
   */
  heard(isReply: boolean, present: number): void;
  /** A command that was sent then has passed its deadline. */
  overdue(sent: Instant): void;
  /** What is to be said of it where it has been silent for longer than that. */
  silentFor(ms: number, present: Instant): NodeError | undefined;
  /** Whether the commands of a round that begins then may be sent to it though it is silent: all of them, or none. */
  admits(round: Instant, expiry: number): boolean;
}

export function linkTo(node: RedisNode, index: number): Link {
  let silence: NodeError | undefined;
  /** When it replied last, and when the first command was sent that it has not answered. */
  let repliedAt = -Infinity;
  let since = 0;
  /** The round that may probe it then, and when the next one may. */
  let probe: Instant | undefined;
  let nextProbe = 0;
  return {
    index,
    node,
    outage: new Outage(),
    forbidsDigest: false,
    heard(isReply, present) {
      nextProbe = 0;
      if (!isReply) return;
      silence = undefined;
      repliedAt = present;
    },
    overdue({ monotonic, wall }) {
      if (silence || repliedAt >= monotonic) return;
      since = monotonic;
      silence = silent(index, wall, node.disconnection?.());
    },
    silentFor: (ms, { monotonic }) => (monotonic - since > ms ? silence : undefined),
    admits(round, expiry) {
      const { monotonic } = round;
      if (probe !== round && monotonic >= nextProbe) {
        probe = round;
        nextProbe = monotonic + Math.min(monotonic - since, expiry);
      }
      return probe === round;
    },
  };
}
