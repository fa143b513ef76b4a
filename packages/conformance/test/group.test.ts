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

const contractOf = (play: GroupOptions["play"] & {}) =>
  groupOf(harness, runtime, { scope: "contract", play }).entries.filter(({ isSkipped }) => !isSkipped);

afterEach(() => void vi.useRealTimers());

it("runs the case that a runner asks for, and no other", async () => {
  const played: string[] = [];
  const entries = contractOf(async ({ name }) => void played.push(name));
  await entries[3]?.run();
  // What an entry would start behind its own has begun by then.
  await new Promise((resolve) => setTimeout(resolve));
  expect(played).toEqual([entries[3]?.title]);
});

it("has the cases last, and not concurrent, that others on the same server or connection would feel", () => {
  const areFelt = ["flush", "blocking", "connections"];
  const felt = scopes.all.filter(({ needs = [] }) => needs.some((need) => areFelt.includes(need)));
  expect(felt.length).toBeGreaterThan(3);
  const [proof, ...cases] = groupOf({ ...harness, lacks: {} }, runtime).entries;
  expect(proof?.isConcurrent).toBe(false);
  expect(cases.slice(-felt.length).map(({ title }) => title)).toEqual(felt.map(({ name }) => name));
  expect(cases.map(({ isConcurrent }) => isConcurrent)).toEqual(
    cases.map((_, index) => index < cases.length - felt.length),
  );
});

it("fails the case that has failed, and no other", async () => {
  const broken = scopes.contract[3]?.name;
  const failed: string[] = [];
  const entries = contractOf(async ({ name }) => {
    if (name === broken) throw new Error("broken");
  });
  for (const { title, run } of entries) await Promise.resolve(run()).catch(() => failed.push(title));
  expect(failed).toEqual([broken]);
});

it("fails a case that does not end, and leaves no timer behind one that does", async () => {
  vi.useFakeTimers();
  const [, hung, ended] = contractOf(({ name }) =>
    name === hung?.title ? new Promise(() => {}) : Promise.resolve(),
  );
  await ended?.run();
  expect(vi.getTimerCount()).toBe(0);
  const verdict = expect(hung?.run()).rejects.toThrow("the case did not end within 120 s");
  await vi.advanceTimersByTimeAsync(120_000);
  await verdict;
});
