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

/** A lock of an expiry of 8 s that "heir" may adopt, who has known for so long that node 2 is silent, to it alone. */
async function handedOver(silentMs: number) {
  const at = await three();
  const { clock, nodes, redsyncOf } = at;
  const [giver, heir] = [redsyncOf("giver"), redsyncOf("heir")];
  const slow = gate();
  nodes[2].before = (_, by) => (by === "heir" ? slow.promise : undefined);
  const other = await heir.mutex("other").lock();
  await clock.advance(500);
  await other.unlock();
  await clock.advance(silentMs - 500);
  // Asks whether it is back, so that the next ones do not.
  await (await heir.mutex("another").lock()).unlock();
  const given = await giver.mutex("job").lock();
  given.handOver();
  const askedAboutIt = () => nodes[2].asked.filter(({ by, name }) => by === "heir" && name === "job");
  return { ...at, heir, given, slow, askedAboutIt };
}

it("an adopted lock is unlocked on a node as well that was silent when it was adopted", async () => {
  const { clock, nodes, heir, given, slow } = await handedOver(920);
  const adopted = await heir.mutex("job").adopt(given.value);
  const unlocking = watched(adopted.unlock());
  await clock.advance(500);
  expect([unlocking.value, nodes[2].get("job")]).toEqual(["released", given.value]);
  slow.resolve();
  await clock.advance(1_000);
  expect(nodes.map((node) => node.get("job"))).toEqual([undefined, undefined, undefined]);
});

it("an adopted lock leaves a node alone that has been silent for longer than it would keep the lock", async () => {
  const { clock, heir, given, askedAboutIt } = await handedOver(9_000);
  const adopted = await heir.mutex("job").adopt(given.value);
  expect(await adopted.unlock()).toBe("released");
  await clock.advance(500);
  expect(askedAboutIt()).toEqual([]);
});
