import { expect, it } from "vitest";
import { ExtendFailedError } from "../src/index.ts";
import { openedOne, watched } from "./queue-node.ts";

it("extensions that no node may be asked for fail, and leave the lock to be unlocked", async () => {
  const { clock, node, mine } = await openedOne({ expiry: 200, setNXOnExtend: true });
  const lock = await mine.mutex("job").lock();
  node.before = () => new Promise(() => {});
  const errors: unknown[] = [];
  for (let count = 0; count < 40; count++) {
    const extending = watched(lock.extend());
    await clock.advance(20);
    errors.push(extending.error);
  }
  expect(String(errors.at(-1))).toContain("not asked: it is silent");
  expect(errors.filter((error) => error !== undefined && !(error instanceof ExtendFailedError))).toEqual([]);
  node.before = () => undefined;
  node.asked.length = 0;
  const unlocking = watched(lock.unlock());
  await clock.advance(1_000);
  expect(unlocking.value).toBe("expired");
  expect(node.asked.map(({ operation }) => operation)).toContain("release");
});
