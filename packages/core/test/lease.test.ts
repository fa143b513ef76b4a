import { expect, it } from "vitest";
import { present } from "../src/clock.ts";
import type { RedsyncEvent } from "../src/index.ts";
import { Lease, type LeaseState, transitions } from "../src/lease.ts";
import { contextOf, type LockSpec, specOf } from "../src/lock-spec.ts";
import { resolveSettings } from "../src/settings.ts";
import { answering } from "./answering.ts";
import { HandClock } from "./hand-clock.ts";

type Transition = keyof typeof transitions;

const states: readonly LeaseState[] = ["adopting", "held", "handedOver", "unlocked", "lost"];

/** What does each transition. */
const does: Readonly<Record<Transition, (lease: Lease, clock: HandClock) => void>> = {
  confirm: (lease, clock) => lease.confirm({ startedAt: clock.time, startedAtWall: clock.time }),
  lose: (lease) => void lease.lose("was lost"),
  handOver: (lease) => lease.handOver(),
  unlock: (lease) => lease.unlock(),
};

/** How a lease comes into each state. */
const ways: Readonly<Record<LeaseState, Transition | undefined>> = {
  adopting: undefined,
  held: undefined,
  handedOver: "handOver",
  unlocked: "unlock",
  lost: "lose",
};

function leaseIn(state: LeaseState): { lease: Lease; clock: HandClock; events: RedsyncEvent[] } {
  const clock = new HandClock();
  const events: RedsyncEvent[] = [];
  const settings = resolveSettings({ expiry: 10_000, onEvent: (event) => void events.push(event) });
  const spec: LockSpec = specOf(contextOf([answering(1)], clock), ["job"], settings);
  const start = { startedAt: clock.time, startedAtWall: clock.time };
  const lease = new Lease(spec, start, state === "adopting" ? "adopting" : "held");
  const way = ways[state];
  if (way) does[way](lease, clock);
  expect(lease.state).toBe(state);
  events.length = 0;
  return { lease, clock, events };
}

const all = (Object.keys(transitions) as Transition[]).flatMap((transition) =>
  states.map((state) => [transition, state, transitions[transition][state]] as const),
);

it("every transition of a lease is in one table, for every state", () => {
  expect(Object.keys(transitions).sort()).toEqual(Object.keys(does).sort());
  for (const row of Object.values(transitions)) expect(Object.keys(row).sort()).toEqual([...states].sort());
  const next = all.map(([transition, state, after]) => `${transition} ${state} → ${after}`);
  expect(next).toEqual([
    "confirm adopting → held",
    "confirm held → held",
    "confirm handedOver → handedOver",
    "confirm unlocked → unlocked",
    "confirm lost → held",
    "lose adopting → adopting",
    "lose held → lost",
    "lose handedOver → handedOver",
    "lose unlocked → unlocked",
    "lose lost → lost",
    "handOver adopting → adopting",
    "handOver held → handedOver",
    "handOver handedOver → handedOver",
    "handOver unlocked → unlocked",
    "handOver lost → lost",
    "unlock adopting → unlocked",
    "unlock held → unlocked",
    "unlock handedOver → unlocked",
    "unlock unlocked → unlocked",
    "unlock lost → unlocked",
  ]);
});

it.each(all)("every transition of a lease: %s when %s makes it %s", (transition, state, after) => {
  const { lease, clock, events } = leaseIn(state);
  does[transition](lease, clock);
  expect(lease.state).toBe(after);
  // A loss is reported once, and only while the lock is this holder's, or would have become so.
  const isNews = transition === "lose" && (state === "held" || state === "adopting");
  expect(events.map(({ type }) => type)).toEqual(isNews ? ["lost"] : []);
  // Only a lock that is confirmed is good for its holder again.
  if (transition === "confirm") expect(lease.remaining > 0).toBe(after !== "unlocked");
  if (after === "lost" || after === "unlocked") {
    expect(lease.remaining).toBe(0);
    expect(() => lease.assertHeld()).toThrow();
  }
});

it("an unlock does not take back a loss: what was found first is said for ever", () => {
  const { lease } = leaseIn("lost");
  const { loss } = lease;
  lease.unlock();
  expect(lease.loss).toBe(loss);
  expect(lease.end).toBe(loss);
});

it("a signal watches the clock from when it is read, and no timer is left once the lock is over", async () => {
  for (const over of ["handOver", "unlock", "lose"] as const) {
    const { lease, clock } = leaseIn("held");
    expect(clock.timers.size).toBe(0);
    const { signal } = lease;
    expect(clock.timers.size).toBe(1);
    does[over](lease, clock);
    expect(clock.timers.size).toBe(0);
    await clock.advance(20_000);
    expect([over, signal.aborted]).toEqual([over, over === "lose"]);
  }
});

it("a signal aborts when the time has run out, and its timer does not keep the process alive", async () => {
  const { lease, clock, events } = leaseIn("held");
  const { signal } = lease;
  expect([...clock.timers].every(({ keepAlive }) => !keepAlive)).toBe(true);
  await clock.advance(9_000);
  expect(signal.aborted).toBe(false);
  await clock.advance(1_000);
  expect(signal.reason).toMatchObject({ code: "REDSYNC_LOCK_LOST", reason: "expired" });
  expect(events.map(({ type }) => type)).toEqual(["lost"]);
  expect(lease.state).toBe("lost");
});

it("of two extensions at once the later one counts, in whatever order they end", () => {
  const { lease, clock } = leaseIn("held");
  const at = (time: number) => ({ startedAt: time, startedAtWall: time });
  const first = clock.time;
  lease.confirm(at(first + 2_000));
  const { until } = lease;
  lease.confirm(at(first + 1_000));
  expect(lease.until).toEqual(until);
});

it("maxHold counts the sleep of a machine whose clock was set back before", () => {
  const clock = new HandClock();
  let [monotonic, wall] = [0, 3_600_000];
  clock.monotonic = () => monotonic;
  clock.wall = () => wall;
  const settings = resolveSettings({ expiry: 10_000, maxHold: 20_000 });
  const spec = specOf(contextOf([answering(1)], clock), ["job"], settings);
  const lease = new Lease(spec, present(clock), "held");
  const extendIn = (ms: number) => {
    monotonic += ms;
    wall += ms;
    lease.confirm(present(clock));
  };
  wall -= 60_000;
  extendIn(5_000);
  // Asleep, while only the wall clock goes on.
  wall += 8_000;
  extendIn(0);
  extendIn(5_000);
  // The wall clock shows whole milliseconds, of which the last one counts for nothing.
  expect(lease.heldFor).toBe(17_999);
  expect(lease.remaining).toBe(2_001);
});

it("maxHold is not used up by extensions, however many there are", () => {
  const clock = new HandClock();
  let time = 0.9;
  clock.monotonic = () => time;
  clock.wall = () => Math.floor(time);
  const settings = resolveSettings({ expiry: 10_000, maxHold: 20_000 });
  const lease = new Lease(
    specOf(contextOf([answering(1)], clock), ["job"], settings),
    present(clock),
    "held",
  );
  for (let times = 0; times < 5_000; times++) {
    time += times % 2 ? 1.9 : 0.1;
    lease.confirm(present(clock));
  }
  expect(lease.heldFor).toBeCloseTo(5_000, 3);
});
