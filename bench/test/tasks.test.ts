import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Inside } from "../src/waiting/inside.ts";
import { Tasks } from "../src/waiting/tasks.ts";

it("the count of a task that holds the lock from its beginning to its end takes time", async () => {
  const inside = { enter: async () => false, leave: async () => {} } as unknown as Inside;
  const tasks = new Tasks(async () => async () => {}, inside, 0);
  void tasks.run({
    name: "job",
    tasks: 1,
    turns: 1,
    workMs: 1_000,
    warmUpMs: 0,
    windowMs: 0,
    fewestTurns: 0,
  });
  await pause(5);
  tasks.restart();
  await pause(5);
  expect(tasks.end().ms).toBeGreaterThan(0);
});
