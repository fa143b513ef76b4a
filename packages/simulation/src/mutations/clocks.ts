import type { BreakingMutation } from "../breaking-mutation.ts";

/** What goes by a clock: for how long a lock is valid, when rounds and calls end, and what they leave. */
export const clocks: readonly BreakingMutation[] = [
  {
    title: "no look at the clock after an extension's replies",
    where: "Extension.#judge",
    what: "this.#lease.validFor > 0",
    becomes: "true",
    rules: ["valid when given"],
  },
  {
    title: "nothing taken off for drift",
    where: "derive",
    what: "expiry * driftFactor + CLOCK_PRECISION_MS",
    becomes: "0",
    rules: ["a quorum stores it"],
  },
  {
    title: "only the monotonic clock, which stands still in sleep",
    where: "elapsed",
    what: "Math.max(clock.monotonic() - since.startedAt, clock.wall() - since.startedAtWall)",
    becomes: "clock.monotonic() - since.startedAt",
    rules: ["a quorum stores it"],
  },
  {
    title: "only the wall clock, which can be set back",
    where: "elapsed",
    what: "Math.max(clock.monotonic() - since.startedAt, clock.wall() - since.startedAtWall)",
    becomes: "clock.wall() - since.startedAtWall",
    rules: ["a quorum stores it", "one holder", "no longer than it may"],
  },
  {
    title: "validity counted from the replies",
    where: "Lease.confirm",
    what: "this.#validFrom = copyOf(start)",
    becomes:
      "const { clock } = this.#spec.context; this.#validFrom = { startedAt: clock.monotonic(), startedAtWall: clock.wall() }",
    rules: ["a quorum stores it"],
  },
  {
    title: "maxHold ignored",
    where: "Lease.confirm",
    what: "Math.min(validity, maxHold - this.#heldBefore)",
    becomes: "validity",
    rules: ["no longer than it may"],
  },
  {
    title: "a listener left on the caller's signal",
    where: "Wait.end",
    what: "this.#stopListening?.()",
    becomes: "",
    rules: ["no listener left"],
  },
  {
    title: "a timer left of the caller's timeout",
    where: "Wait.end",
    what: "this.#clock?.clearTimer(this.#timer)",
    becomes: "",
    rules: ["no timer left"],
  },
  {
    title: "a timer left of a round",
    where: "DeadlineQueue.clear",
    what: "this.#clock.clearTimer(this.#timer)",
    becomes: "",
    rules: ["no timer left"],
  },
  {
    title: "an abort or a timeout that wakes nobody",
    where: "Wait.onEnd",
    what: "this.#onEnd = run",
    becomes: "",
    rules: ["no longer than it may"],
  },
  {
    title: "a round that goes on beyond its deadline",
    where: "Round.onDeadline",
    what: "this.decide()",
    becomes: "",
    rules: ["no longer than it may", "every call settles"],
  },
  {
    title: "a round whose verdict nobody hears",
    where: "Round.decide",
    what: "this.#whenDecided?.()",
    becomes: "",
    rules: ["every call settles"],
  },
];
