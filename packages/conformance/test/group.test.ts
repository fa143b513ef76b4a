import { afterEach, expect, it, vi } from "vitest";
import { type GroupOptions, groupOf } from "../src/group.ts";
import type { Harness } from "../src/harness.ts";
import { scopes } from "../src/scopes.ts";

const runtime = { name: "Node 1", prove() {} };
const harness: Harness = {
  name: "client",
  lacks: { lua: "it has no Lua" },
  openNodes: () => Promise.reject(new Error("not played")),
};

const nodeCasesOf = (play: GroupOptions["play"] & {}) =>
  groupOf(harness, runtime, { scope: "node cases", play }).tests.filter(({ isSkipped }) => !isSkipped);

afterEach(() => void vi.useRealTimers());

it("runs the case that a runner asks for, and no other", async () => {
  const played: string[] = [];
  const tests = nodeCasesOf(async ({ title }) => void played.push(title));
  await tests[3]?.run();
  // What a test would start behind its own has begun by then.
  await new Promise((resolve) => setTimeout(resolve));
  expect(played).toEqual([tests[3]?.title]);
});

it("has the cases last, and not concurrent, that others on the same server or connection would feel", () => {
  const areFelt = ["flush", "blocking", "connections"];
  const felt = scopes.all.filter(({ needs = [] }) => needs.some((need) => areFelt.includes(need)));
  expect(felt.length).toBeGreaterThan(3);
  const [proof, ...cases] = groupOf({ ...harness, lacks: {} }, runtime).tests;
  expect(proof?.isConcurrent).toBe(false);
  expect(cases.slice(-felt.length).map(({ title }) => title)).toEqual(felt.map(({ title }) => title));
  expect(cases.map(({ isConcurrent }) => isConcurrent)).toEqual(
    cases.map((_, index) => index < cases.length - felt.length),
  );
});

it("fails the case that has failed, and no other", async () => {
  const broken = scopes["node cases"][3]?.title;
  const failed: string[] = [];
  const tests = nodeCasesOf(async ({ title }) => {
    if (title === broken) throw new Error("broken");
  });
  for (const { title, run } of tests) await Promise.resolve(run()).catch(() => failed.push(title));
  expect(failed).toEqual([broken]);
});

it("fails a case that does not end, and leaves no timer behind one that does", async () => {
  vi.useFakeTimers();
  const [, hung, ended] = nodeCasesOf(({ title }) =>
    title === hung?.title ? new Promise(() => {}) : Promise.resolve(),
  );
  await ended?.run();
  expect(vi.getTimerCount()).toBe(0);
  const verdict = expect(hung?.run()).rejects.toThrow("the case did not end within 240 s");
  await vi.advanceTimersByTimeAsync(240_000);
  await verdict;
});
