import { expect, it } from "vitest";
import { fromHash, toHash } from "../src/engine/link.ts";
import { scenes } from "../src/engine/scenes.ts";
import { defaultSetting, type Setting } from "../src/engine/setting.ts";

const own: Setting = {
  seed: 42,
  nodes: 5,
  tasks: 8,
  turns: 3,
  work: 1_200,
  fencing: false,
  waiting: "mixed",
  latency: 40,
  loss: 20,
  faults: [
    { at: 0, what: "stop", node: 4 },
    { at: 1, what: "freeze", node: 3 },
    { at: 20, what: "start", node: 3 },
    { at: 300, what: "empty", node: 2 },
    { at: 301, what: "failover", node: 2 },
    { at: 4_000, what: "jump", node: 1, ms: 3_000 },
    { at: 5_000, what: "pause", task: 7, ms: 3_000 },
    { at: 5_001, what: "pauseBeforeWrite", task: 6, ms: 3_000 },
    { at: 6_000, what: "cut", task: 1, node: 0 },
    { at: 7_000, what: "heal", task: 1, node: 0 },
  ],
};

it.each([own, defaultSetting, ...scenes.map(({ setting }) => setting)])("carries a setting", (setting) => {
  expect(fromHash(toHash(setting))).toEqual(setting);
});

it("is no link of another page's heading", () => {
  expect(fromHash("#waiting")).toBeUndefined();
  expect(fromHash("")).toBeUndefined();
});

it.each([
  "nodes=4&tasks=99&turns=0&work=-1&latency=1e9&loss=x&seed=0.5&waiting=loud",
  "faults=1-constructor-1.x-stop-1.1-stop.1-stop-1-1.1-jump-0-99999999..-",
])("takes what is wrong as the default: %s", (query) => {
  expect(fromHash(`#play?${query}`)).toEqual(defaultSetting);
});

it("every scene has a link of its own", () => {
  expect(new Set(scenes.map(({ setting }) => toHash(setting))).size).toBe(6);
});
