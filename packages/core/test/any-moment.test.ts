import { describe, expect, it } from "vitest";
import type { MutexOptions } from "../src/index.ts";
import { openedOne, type QueueNode, watched } from "./queue-node.ts";

/** More than what follows from a reply takes. */
const MOMENTS = Array.from({ length: 30 }, (_, moment) => moment);

/** Has `run` called so many microtasks after the node's next reply. */
function soonAfterReply(node: QueueNode, microtasks: number, run: () => void): void {
  node.tell = (reply) => {
    node.tell = (other) => other;
    void (async () => {
      for (let count = 0; count < microtasks; count++) await null;
      run();
    })();
    return reply;
  };
}

describe("what ends a call in any moment around the reply that grants it", () => {
  it.each<[how: string, options: MutexOptions]>([
    ["in line", {}],
    ["with fair: false", { fair: false }],
    ["with a value of its user's", { generateValue: async () => crypto.randomUUID() }],
    ["with fencing", { fencing: true }],
  ])("leaves a lock() %s either with its lock, or without anything on the node", async (_, options) => {
    const ends = new Set<string>();
    for (const moment of MOMENTS) {
      const { clock, node, mine } = await openedOne(options);
      const held = await mine.mutex("job").lock();
      const controller = new AbortController();
      const waiting = watched(mine.mutex("job").lock({ signal: controller.signal }));
      await clock.advance(10);
      if (options.fair === false) {
        await held.unlock();
        soonAfterReply(node, moment, () => controller.abort());
      } else {
        soonAfterReply(node, moment, () => controller.abort());
        void held.unlock();
      }
      await clock.advance(3_000);
      const { value: lock } = waiting;
      expect([moment, node.get("job")]).toEqual([moment, lock?.value]);
      ends.add(lock ? "lock" : (waiting.error as Error).name);
    }
    expect([...ends].sort()).toEqual(["AbortError", "lock"]);
  });

  it.each(["abort", "close"] as const)(
    "leaves what adopt() was to take with its heir, or its giver (%s)",
    async (how) => {
      const ends = new Set<string>();
      for (const moment of MOMENTS) {
        const { clock, node, mine, redsyncOf } = await openedOne();
        const given = await mine.mutex("job").lock();
        const heir = redsyncOf("heir");
        const controller = new AbortController();
        const end = () => (how === "abort" ? controller.abort() : void heir.close({ timeout: 0 }));
        soonAfterReply(node, moment, end);
        const adopting = watched(heir.mutex("job").adopt(given.value, { signal: controller.signal }));
        await clock.advance(10);
        void heir.close({ timeout: 0 });
        await clock.advance(100);
        const left = adopting.error === undefined ? undefined : given.value;
        expect([moment, node.get("job")]).toEqual([moment, left]);
        ends.add(adopting.error === undefined ? "adopted" : "rejected");
      }
      expect([...ends].sort()).toEqual(["adopted", "rejected"]);
    },
  );
});
