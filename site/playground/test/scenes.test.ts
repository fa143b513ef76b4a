import { describe, expect, it } from "vitest";
import { play } from "../src/engine/play.ts";
import type { Recording } from "../src/engine/recording.ts";
import { scenes } from "../src/engine/scenes.ts";
import type { Setting } from "../src/engine/setting.ts";

const A = 0;
const B = 1;

function playScene(name: string, changed: Partial<Setting> = {}): Promise<Recording> {
  const found = scenes.find((scene) => scene.name === name);
  if (found === undefined) throw new Error(`no scene ${name}`);
  return play({ ...found.setting, ...changed });
}

/** What happened to a task, in order, except how often it asked and extended. */
function storyOf({ happenings }: Recording, task: number): string[] {
  const kinds = happenings.filter((each) => each.task === task).map(({ kind }) => kind);
  return kinds.filter((kind) => kind !== "waits" && kind !== "refusedAgain" && kind !== "extended");
}

/** In which order the tasks got the lock. */
function holders({ happenings }: Recording): (number | undefined)[] {
  return happenings.filter(({ kind }) => kind === "granted").map(({ task }) => task);
}

const seeds = Array.from({ length: 6 }, (_, seed) => seed + 1);

describe.each(seeds)("seed %i", (seed) => {
  it("a pause past the expiry: two think that they have it, and the late token is refused", async () => {
    const recording = await playScene("pause", { seed });
    expect(
      recording.frames.some(({ tasks }) => tasks[A]?.activity === "late" && tasks[B]?.activity === "holding"),
    ).toBe(true);
    expect(storyOf(recording, A)).toEqual([
      "asks",
      "granted",
      "paused",
      "resumed",
      "aborted",
      "lost",
      "refused",
      "released",
    ]);
    expect(storyOf(recording, B)).toEqual(["asks", "granted", "accepted", "released"]);
    expect(recording.summary).toMatchObject({ twoValid: 0, accepted: 1, refused: 1, lostUpdates: 0 });
  });

  it("a pause past the expiry, without fencing: the late write gets in", async () => {
    const recording = await playScene("pause", { seed, fencing: false });
    expect(storyOf(recording, A)).toContain("aborted");
    expect(storyOf(recording, A)).toContain("accepted");
    expect(recording.summary).toMatchObject({ twoValid: 0, accepted: 2, refused: 0, lostUpdates: 1 });
  });

  it("a clock that jumps: two have a valid lock, and the smaller token is refused", async () => {
    const recording = await playScene("clock", { seed });
    expect(recording.summary.twoValid).toBeGreaterThan(0);
    expect(recording.summary).toMatchObject({ accepted: 1, refused: 1, lostUpdates: 0 });
    expect(storyOf(recording, A)).toContain("refused");
  });

  it("a clock that jumps, without fencing: an update gets lost", async () => {
    const recording = await playScene("clock", { seed, fencing: false });
    expect(recording.summary).toMatchObject({ accepted: 2, refused: 0, lostUpdates: 1 });
  });

  it("a failover forgets: two have a valid lock on one node, and the smaller token is refused", async () => {
    const recording = await playScene("failover", { seed });
    expect(recording.summary.twoValid).toBeGreaterThan(0);
    expect(recording.summary).toMatchObject({ accepted: 1, refused: 1 });
  });

  it("one of three restarts empty: nobody else gets in", async () => {
    const recording = await playScene("restart", { seed });
    expect(recording.summary).toMatchObject({ twoValid: 0, accepted: 3, refused: 0 });
    expect(holders(recording)).toEqual([0, 1, 2]);
  });

  it("a split of three: nobody has a quorum before the network is whole", async () => {
    const recording = await playScene("split", { seed });
    const first = recording.happenings.find(({ kind }) => kind === "granted");
    expect(first?.at).toBeGreaterThan(2_000);
    expect(recording.summary).toMatchObject({ twoValid: 0, grants: 3, accepted: 3 });
  });

  it("a crowd: each in the order in which it came, and asks seldom", async () => {
    const recording = await playScene("crowd", { seed });
    expect(holders(recording)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(recording.summary).toMatchObject({ twoValid: 0, accepted: 8, overtakings: 0 });
    const polling = await playScene("crowd", { seed, waiting: "polling" });
    expect(polling.summary).toMatchObject({ twoValid: 0, accepted: 8 });
    expect(polling.summary.commandsPerGrant).toBeGreaterThan(1.1 * recording.summary.commandsPerGrant);
    expect(polling.summary.longestWait).toBeGreaterThan(recording.summary.longestWait);
  });
});

it("one of three restarts empty, and is given the lock again", async () => {
  const recording = await playScene("restart");
  expect(storyOf(recording, A)).toEqual(["asks", "granted", "repaired", "accepted", "released"]);
});

it("a crowd that polls overtakes", async () => {
  const orders = await Promise.all(seeds.map((seed) => playScene("crowd", { seed, waiting: "polling" })));
  for (const { summary } of orders) expect(summary.overtakings).toBeGreaterThan(0);
});
