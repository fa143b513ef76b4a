import type { ContestantId } from "./contestants.ts";

/** The TTL that everybody asks for. */
export const EXPIRY_MS = 8_000;

/** What everybody is asked to do. */
export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly nodes: number;
  /** Pairs under way at the same time, each on a name of its own: nobody ever waits for a lock. */
  readonly inFlight: number;
  /** It is not us and others, but our features: compared with a plain lock. */
  readonly features?: true;
  /** What becomes of the last two nodes once everybody is warm: SIGSTOP, or SIGKILL. */
  readonly lost?: "stopped" | "killed";
  /** The least ratio to the commands sent by hand, or to the plain lock. */
  readonly targets: Partial<Record<ContestantId, number>>;
}

// "No slower by more than 20 %": a pair may take 1.2 times as long.
const AT_MOST_A_FIFTH_SLOWER = 1 / 1.2;

export const workloads: readonly Workload[] = [
  {
    id: "sequential-1",
    title: "One after another, 1 node",
    nodes: 1,
    inFlight: 1,
    targets: { redsync: 0.95 },
  },
  {
    id: "sequential-3",
    title: "One after another, 3 nodes",
    nodes: 3,
    inFlight: 1,
    targets: { "redsync-fail-fast": 0.95 },
  },
  {
    id: "sequential-5",
    title: "One after another, 5 nodes",
    nodes: 5,
    inFlight: 1,
    targets: { "redsync-fail-fast": 0.95 },
  },
  {
    id: "in-flight-1",
    title: "100 in flight, 1 node",
    nodes: 1,
    inFlight: 100,
    targets: { redsync: 0.95 },
  },
  {
    id: "in-flight-3",
    title: "100 in flight, 3 nodes",
    nodes: 3,
    inFlight: 100,
    targets: { redsync: 0.9, "redsync-fail-fast": 0.9 },
  },
  {
    id: "stopped-5",
    title: "One after another, 5 nodes of which 2 are stopped (SIGSTOP)",
    nodes: 5,
    inFlight: 1,
    lost: "stopped",
    targets: { "redsync-fail-fast": AT_MOST_A_FIFTH_SLOWER },
  },
  {
    id: "killed-5",
    title: "One after another, 5 nodes of which 2 are killed (SIGKILL)",
    nodes: 5,
    inFlight: 1,
    lost: "killed",
    targets: { "redsync-fail-fast": AT_MOST_A_FIFTH_SLOWER },
  },
  {
    id: "features-1",
    title: "What features cost, one after another, 1 node",
    nodes: 1,
    inFlight: 1,
    features: true,
    targets: {},
  },
  {
    id: "features-3",
    title: "What features cost, one after another, 3 nodes",
    nodes: 3,
    inFlight: 1,
    features: true,
    targets: {},
  },
];
