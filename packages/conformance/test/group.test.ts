import { expect, it } from "vitest";
import { groupOf } from "../src/group.ts";
import type { Harness } from "../src/harness.ts";
import { scopes } from "../src/scopes.ts";

const runtime = { name: "Node 1", prove() {} };
const harness: Harness = {
  name: "client",
  lacks: { lua: "it has no Lua" },
  openNodes: () => Promise.reject(new Error("not played")),
};

const needsToBeAlone = ({ needs = [] }: (typeof scopes.all)[number]): boolean =>
  ["flush", "blocking", "connections"].some((need) => needs.some((each) => each === need));

it("plays cases beside each other, each once, and those alone that the others would feel", async () => {
  const underWay = new Set<string>();
  const played: string[] = [];
  let most = 0;
  const { entries } = groupOf(harness, runtime, {
    async play(each) {
      played.push(each.name);
      underWay.add(each.name);
      most = Math.max(most, underWay.size);
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (needsToBeAlone(each)) expect([...underWay]).toEqual([each.name]);
      underWay.delete(each.name);
    },
  });
  for (const { isSkipped, run } of entries) if (!isSkipped) await run();
  expect(most).toBe(8);
  const due = scopes.all.filter(({ needs }) => !needs?.includes("lua")).map(({ name }) => name);
  expect([...played].sort()).toEqual([...due].sort());
  expect(scopes.all.filter(needsToBeAlone).length).toBeGreaterThan(3);
});

it("fails the case that has failed, and no other", async () => {
  const broken = scopes.contract[3]?.name;
  const { entries } = groupOf(harness, runtime, {
    scope: "contract",
    play: async ({ name }) => {
      if (name === broken) throw new Error("broken");
    },
  });
  const failed: string[] = [];
  for (const { title, isSkipped, run } of entries) {
    if (isSkipped) continue;
    await Promise.resolve(run()).catch(() => failed.push(title));
  }
  expect(failed).toEqual([broken]);
});
