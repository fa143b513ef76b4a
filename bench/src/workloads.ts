import { type ContestantId, contestantsOn, contestantsOnlyFor, contestantsOnNode } from "./contestants.ts";
import { NAMES } from "./many-names.ts";

/** The TTL that everybody asks for. */
export const EXPIRY_MS = 8_000;

/** What everybody is asked to do. */
export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly nodes: number;
  /** Pairs under way at the same time, each on a name of its own: nobody ever waits for a lock. */
  readonly inFlight: number;
  readonly entrants: readonly ContestantId[];
  /** It is not us and others, but our features: compared with a plain lock. */
  readonly features?: true;
  /** What becomes of the last two nodes once everybody is warm: SIGSTOP, or SIGKILL. */
  readonly lost?: "stopped" | "killed";
  /** Whether ioredis has a `commandTimeout`. */
  readonly commandTimeout?: true;
  /** The least ratio to the commands sent by hand. */
  readonly targets: Partial<Record<ContestantId, number>>;
  /** We are to be faster than each of the peers. */
  readonly aheadOfPeers?: true;
}

// "No slower by more than 20 %": a pair may take 1.2 times as long.
const AT_MOST_A_FIFTH_SLOWER = 1 / 1.2;

export const workloads: readonly Workload[] = [
  ...[1, 3, 5].map(
    (nodes): Workload => ({
      id: `sequential-${nodes}`,
      title: `One after another, ${nodesIn(nodes)}`,
      nodes,
      inFlight: 1,
      entrants: contestantsOn(nodes),
      targets: { redsync: 0.95 },
    }),
  ),
  ...[1, 3].map(
    (nodes): Workload => ({
      id: `in-flight-${nodes}`,
      title: `100 in flight, ${nodesIn(nodes)}`,
      nodes,
      inFlight: 100,
      entrants: contestantsOn(nodes),
      targets: { redsync: 2.5 },
      aheadOfPeers: true,
    }),
  ),
  {
    id: "stopped-5",
    title: "One after another, 5 nodes of which 2 are stopped (SIGSTOP)",
    nodes: 5,
    inFlight: 1,
    entrants: contestantsOn(5),
    lost: "stopped",
    targets: { redsync: AT_MOST_A_FIFTH_SLOWER },
  },
  {
    id: "stopped-command-timeout-5",
    title: "One after another, 5 nodes of which 2 are stopped (SIGSTOP), `commandTimeout: 100`",
    nodes: 5,
    inFlight: 1,
    // It is an option of ioredis.
    entrants: contestantsOnNode(5),
    lost: "stopped",
    commandTimeout: true,
    targets: { redsync: AT_MOST_A_FIFTH_SLOWER },
  },
  {
    id: "killed-5",
    title: "One after another, 5 nodes of which 2 are killed (SIGKILL)",
    nodes: 5,
    inFlight: 1,
    entrants: contestantsOn(5),
    lost: "killed",
    targets: { redsync: AT_MOST_A_FIFTH_SLOWER },
  },
  ...[1, 3].map(
    (nodes): Workload => ({
      id: `many-names-${nodes}`,
      title: `${NAMES} names in one lock, ${nodesIn(nodes)}`,
      nodes,
      inFlight: 1,
      entrants: contestantsOnlyFor("many names"),
      targets: nodes === 1 ? { "redsync-names": 1.5 } : {},
    }),
  ),
  ...[1, 3].map(
    (nodes): Workload => ({
      id: `features-${nodes}`,
      title: `What features cost, one after another, ${nodesIn(nodes)}`,
      nodes,
      inFlight: 1,
      entrants: ["redsync", ...contestantsOnlyFor("features")],
      features: true,
      targets: {},
    }),
  ),
];

/** "1 node", "3 nodes". */
export function nodesIn(nodes: number): string {
  return nodes === 1 ? "1 node" : `${nodes} nodes`;
}
