import { Random } from "@redsync/simulation/random";
import { expect, it } from "vitest";
import { breaksAssumptions } from "../src/engine/faults.ts";
import { play } from "../src/engine/play.ts";
import { defaultSetting, type Fault, type Setting } from "../src/engine/setting.ts";

it("plays the same again from the same seed, and something else from another", async () => {
  const setting = settingFrom(new Random(7));
  const recording = await play(setting);
  expect(await play(setting)).toEqual(recording);
  expect((await play({ ...setting, seed: setting.seed + 1 })).happenings).not.toEqual(recording.happenings);
});

it("leaves the past as it was when something is done to a node", async () => {
  const setting: Setting = { ...defaultSetting, tasks: 5 };
  const before = await play(setting);
  const after = await play({ ...setting, faults: [{ at: 1_000, what: "stop", node: 0 }] });
  const past = ({ happenings }: typeof before) => happenings.filter(({ at }) => at < 1_000);
  expect(past(after)).toEqual(past(before));
  expect(after.happenings).not.toEqual(before.happenings);
});

it("shows when a key ends as one time, so that a step shows a change", async () => {
  const { frames } = await play({ ...defaultSetting, work: 100 });
  const ends = new Map<string, Set<number>>();
  for (const { nodes } of frames)
    nodes.forEach(({ holder }, node) => {
      if (holder === undefined || holder.isReservation) return;
      const key = `${node} ${holder.task} ${holder.value}`;
      ends.set(key, (ends.get(key) ?? new Set()).add(holder.expiresAt));
    });
  expect(ends.size).toBeGreaterThan(10);
  // When it was granted, and when a node called that had kept the name for it.
  for (const [key, times] of ends) expect(times.size, key).toBeLessThanOrEqual(2);
});

it.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "never has two valid holders, unless a clock jumps or a node forgets (seed %i)",
  async (seed) => {
    const setting = settingFrom(new Random(seed));
    const { summary, end } = await play(setting);
    expect(summary.twoValid).toBe(0);
    expect(end).toBeLessThanOrEqual(20_001);
    if (setting.fencing) expect(summary.lostUpdates).toBe(0);
  },
);

it.each(Array.from({ length: 20 }, (_, seed) => seed))(
  "gives everybody a turn soon while just a quorum is alive (seed %i)",
  async (seed) => {
    const faults = [0, 1].map((node): Fault => ({ at: 0, what: "stop", node }));
    const setting: Setting = { ...defaultSetting, seed, nodes: 5, tasks: 5, work: 250, latency: 40, faults };
    const { happenings } = await play(setting);
    const grants = happenings.filter(({ kind }) => kind === "granted").map(({ at }) => at);
    expect(grants.length).toBe(setting.tasks * setting.turns);
    // Each works for 250 ms. Those that changed places for ever did so for up to 19 seconds.
    for (const [index, at] of grants.entries()) expect(at - (grants[index - 1] ?? 0)).toBeLessThan(4_000);
  },
);

it("records from which nodes a task is cut off, from when to when", async () => {
  const { frames } = await play({
    ...defaultSetting,
    faults: [
      { at: 300, what: "cut", task: 1, node: 2 },
      { at: 400, what: "cut", task: 1, node: 0 },
      { at: 700, what: "heal", task: 1, node: 2 },
    ],
  });
  const changes = frames.map(({ at, tasks }) => [at, ...tasks.map(({ cutFrom }) => cutFrom.join(" "))]);
  const shown = changes.filter(
    (each, index) => String(each.slice(1)) !== String(changes[index - 1]?.slice(1)),
  );
  expect(shown).toEqual([
    [0, "", "", ""],
    [300, "", "2", ""],
    [400, "", "0 2", ""],
    [700, "", "0", ""],
  ]);
});

it("polls as redlock 5 does: again every 100 to 300 ms, and for as long as it takes", async () => {
  const { happenings } = await play({
    ...defaultSetting,
    tasks: 3,
    turns: 1,
    work: 5_000,
    latency: 1,
    waiting: "polling",
  });
  const refusals = happenings.filter(({ kind }) => kind === "waits" || kind === "refusedAgain");
  const pausesOf = (who: number) => {
    const times = refusals.filter(({ task }) => task === who).map(({ at }) => at);
    return times.slice(1).map((at, index) => at - (times[index] as number));
  };
  const [first, second] = [pausesOf(1), pausesOf(2)];
  // The last one waits for two others. By default core gives up after 32 attempts, and redlock after 11.
  expect(Math.max(first.length, second.length)).toBeGreaterThan(40);
  expect(happenings.filter(({ kind }) => kind === "granted").length).toBe(3);
  const pauses = [...first, ...second];
  // An attempt takes some milliseconds itself.
  expect(Math.min(...pauses)).toBeGreaterThan(100);
  expect(Math.min(...pauses)).toBeLessThan(120);
  expect(Math.max(...pauses)).toBeGreaterThan(280);
  expect(Math.max(...pauses)).toBeLessThan(310);
});

function settingFrom(random: Random): Setting {
  const nodes = random.pick([1, 3, 5] as const);
  const tasks = random.integer(1, 8);
  const faults = Array.from({ length: random.integer(0, 6) }, () => faultFrom(random, nodes, tasks));
  return {
    seed: random.integer(0, 2 ** 31),
    nodes,
    tasks,
    turns: random.integer(1, 3),
    work: random.integer(50, 2_500),
    fencing: random.chance(0.5),
    waiting: random.pick(["fair", "polling", "mixed"]),
    latency: random.integer(1, 60),
    loss: random.pick([0, 0, 5, 20]),
    faults: faults.filter((fault) => !breaksAssumptions(fault)),
  };
}

function faultFrom(random: Random, nodes: number, tasks: number): Fault {
  const at = random.integer(0, 4_000);
  const node = random.integer(0, nodes - 1);
  const task = random.integer(0, tasks - 1);
  const ms = random.integer(500, 5_000);
  return random.pick<Fault>([
    { at, what: "stop", node },
    { at, what: "freeze", node },
    { at, what: "start", node },
    { at, what: "pause", task, ms },
    { at, what: "pauseBeforeWrite", task, ms },
    { at, what: "cut", task, node },
    { at, what: "heal", task, node },
  ]);
}
