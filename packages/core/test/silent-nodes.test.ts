import { describe, expect, it } from "vitest";
import type { RedsyncEvent } from "../src/index.ts";
import { HandClock } from "./hand-clock.ts";
import { gate, opened, type QueueNode, watched } from "./queue-node.ts";

const SOMEBODY = "somebody else's value";

/** Three nodes that have the script, and what is said of those that fail. */
async function three() {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 3);
  const said: string[] = [];
  const onEvent = (event: RedsyncEvent) => {
    if (event.type === "nodeFailed") said.push(`${event.operation}: ${event.error.message}`);
  };
  const mine = redsyncOf("mine", { onEvent });
  await (await mine.mutex("first").lock()).unlock();
  await clock.advance(10);
  return { clock, nodes: nodes as [QueueNode, QueueNode, QueueNode], redsyncOf, mine, said };
}

describe("an event tells why a node failed", () => {
  it("at the deadline: not what could be said of it when others decided", async () => {
    const { clock, nodes, mine, said } = await three();
    for (const node of nodes.slice(0, 2)) node.set("job", SOMEBODY);
    nodes[2].before = () => new Promise(() => {});
    expect(await mine.mutex("job").tryLock()).toBeNull();
    await clock.advance(1_000);
    expect(said[0]).toMatch(/^acquire: node 2: no answer within 400 ms \(/);
  });

  it.each([0, 2])(
    "by its refusal, if it answers each time, %s ms later than those that decide",
    async (later) => {
      const { clock, nodes, mine, said } = await three();
      const lock = await mine.mutex("job").lock();
      await clock.advance(10);
      nodes[2].before = () => new Promise((resolve) => clock.setTimer(resolve, later, true));
      nodes[2].refuse = () => new Error("BUSY Redis is busy running a script");
      const unlocking = watched(lock.unlock());
      await clock.advance(3_000);
      expect(unlocking.value).toBe("released");
      expect(said[0]).toMatch(/^release: node 2: .*BUSY Redis is busy/);
    },
  );
});

it("an adopted lock is unlocked on a node as well that was silent when it was adopted", async () => {
  const { clock, nodes, redsyncOf } = await three();
  const [giver, heir] = [redsyncOf("giver"), redsyncOf("heir")];
  const given = await giver.mutex("job").lock();
  await clock.advance(10);
  // Silent for the heir alone, who knows it before it adopts.
  const slow = gate();
  nodes[2].before = (_, by) => (by === "heir" ? slow.promise : undefined);
  const other = await heir.mutex("other").lock();
  await clock.advance(500);
  await other.unlock();
  await clock.advance(420);
  await (await heir.mutex("another").lock()).unlock();
  given.handOver();
  const adopted = await heir.mutex("job").adopt(given.value);
  const unlocking = watched(adopted.unlock());
  await clock.advance(500);
  expect([unlocking.value, nodes[2].get("job")]).toEqual(["released", given.value]);
  slow.resolve();
  await clock.advance(1_000);
  expect(nodes.map((node) => node.get("job"))).toEqual([undefined, undefined, undefined]);
});
