import { describe, expect, it } from "vitest";
import type { Asked } from "./answering.ts";
import { HandClock } from "./hand-clock.ts";
import { opened, wordsOf } from "./queue-node.ts";

const refusals = {
  // Redis 7's and 6's own words.
  NOPERM: "NOPERM No permissions to access a key",
  "NOPERM of Redis 6": "NOPERM this user has no permissions to access one of the keys used as arguments",
  CROSSSLOT: "CROSSSLOT Keys in request don't hash to the same slot",
  TRYAGAIN: "TRYAGAIN Multiple keys request during rehashing of slot",
};

const usesQueue = (questions: readonly Asked[]) => questions.some(({ queue }) => queue !== undefined);

function refusing(message: string) {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 1);
  const [node] = nodes as [(typeof nodes)[0]];
  node.refuse = (questions) => (usesQueue(questions) ? new Error(message) : undefined);
  return { clock, node, redsyncOf };
}

describe("a node that refuses the key of a queue", () => {
  it.each([
    ["NOPERM", "for ever"],
    ["NOPERM of Redis 6", "for ever"],
    ["CROSSSLOT", "for ever"],
    ["TRYAGAIN", "for 10 s"],
  ] as const)("is asked again without it, by %s, and not about queues %s", async (kind, howLong) => {
    const { clock, node, redsyncOf } = refusing(refusals[kind]);
    const mutex = redsyncOf("one").mutex("job");
    expect(await (await mutex.lock()).unlock()).toBe("released");
    const first = ["acquire", "acquire", "release +queue", "release"];
    expect(wordsOf(node, "one")).toEqual(first);
    expect(node.get("job")).toBeUndefined();
    expect(await (await mutex.lock()).unlock()).toBe("released");
    expect(wordsOf(node, "one").slice(first.length)).toEqual(["acquire", "release"]);
    await clock.advance(10_000);
    expect(await (await mutex.lock()).unlock()).toBe("released");
    expect(wordsOf(node, "one").slice(first.length + 2)).toEqual(
      howLong === "for ever" ? ["acquire", "release"] : ["acquire", "release +queue", "release"],
    );
  });

  it("for a moment is asked about the queue again 10 s later, and whoever waits is entered then", async () => {
    const { clock, node, redsyncOf } = refusing(refusals.TRYAGAIN);
    await redsyncOf("holder").mutex("job", { expiry: 60_000 }).lock();
    redsyncOf("waiter")
      .mutex("job")
      .lock({ timeout: 60_000 })
      .catch(() => {});
    await clock.advance(500);
    expect(node.queue()).toEqual([]);
    node.refuse = () => undefined;
    await clock.advance(10_500);
    expect(node.queue()).toHaveLength(1);
  });

  it("for good is polled: whoever waits has the name after its retryDelay", async () => {
    const { clock, node, redsyncOf } = refusing(refusals.NOPERM);
    const held = await redsyncOf("holder").mutex("job").lock();
    let name: string | undefined;
    redsyncOf("waiter")
      .mutex("job")
      .lock()
      .then((lock) => {
        name = lock.name;
      });
    await clock.advance(500);
    await held.unlock();
    await clock.advance(1_010);
    expect(name).toBe("job");
    expect(node.queue()).toEqual([]);
    // Asked for with the queue once by each.
    expect(node.asked.filter(({ by, queue }) => by === "waiter" && queue !== undefined)).toHaveLength(1);
  });

  it("is another one than that which takes no digests: that is asked about the queue by the text", async () => {
    const { node, redsyncOf } = refusing("");
    node.refuse = () => undefined;
    await (await redsyncOf("other").mutex("job").lock()).unlock();
    const mutex = redsyncOf("one").mutex("job");
    const lock = await mutex.lock();
    node.refuse = () =>
      node.commands.at(-1)?.[0] === "EVALSHA"
        ? new Error("NOPERM User one has no permissions to run the 'evalsha' command")
        : undefined;
    expect(await lock.unlock()).toBe("released");
    await (await mutex.lock()).unlock();
    expect(wordsOf(node, "one")).toEqual([
      "acquire",
      "release +queue",
      "release +queue",
      "acquire",
      "release +queue",
    ]);
  });

  it("for one of two names is asked about each by itself", async () => {
    const { node, redsyncOf } = refusing(refusals.NOPERM);
    const redsync = redsyncOf("one");
    node.refuse = (questions) =>
      questions.some(({ queue }) => queue === "{b}:queue") ? new Error(refusals.NOPERM) : undefined;
    const lock = await redsync.mutex(["a", "b"]).lock();
    expect(await lock.unlock()).toBe("released");
    expect([node.get("a"), node.get("b")]).toEqual([undefined, undefined]);
  });

  it("for another reason is not asked again without it", async () => {
    const { clock, node, redsyncOf } = refusing("OOM command not allowed when used memory > 'maxmemory'");
    const lock = await redsyncOf("one").mutex("job").lock();
    const unlocking = lock.unlock().catch((error: unknown) => error);
    await clock.advance(1_000);
    expect(await unlocking).toMatchObject({ code: "REDSYNC_UNLOCK_FAILED" });
    expect(wordsOf(node, "one")).not.toContain("release");
  });

  it("and then finds another value says so", async () => {
    const { clock, node, redsyncOf } = refusing(refusals.NOPERM);
    const lock = await redsyncOf("one").mutex("job").lock();
    node.set("job", "another", 5_000);
    expect(await lock.unlock()).toBe("taken");
    await clock.advance(10);
    expect(node.get("job")).toBe("another");
  });
});
