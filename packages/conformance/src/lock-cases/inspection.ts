import { LockTakenError, type NodeInspection } from "@redsync/core";
import { isA, matches, rejection, same } from "../assert.ts";
import { errorReply } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import type { Case } from "../harness.ts";

/** What each node shows, without its times. */
const statuses = (shown: readonly NodeInspection[]): string[] =>
  shown.map((one) => ("error" in one ? one.status : `${one.status}${one.owner ? ` by ${one.owner}` : ""}`));

/** `mutex.inspect()`, and errors that say who has a name. */
export const inspection: readonly Case[] = [
  ...lockCase("inspect() shows a name that is free, and who holds it", { nodes: 3 }, async (fixture) => {
    const mutex = fixture.mutex({ owner: "host:1" });
    same(statuses(await mutex.inspect()), fixture.each("free"));
    const lock = await mutex.lock();
    await fixture.settled();
    const shown = await fixture.rival().inspect();
    same(statuses(shown), fixture.each("held by host:1"));
    for (const one of shown) {
      const remaining = "remaining" in one ? one.remaining : Number.NaN;
      same(remaining > 0 && remaining <= 20_000, true, `${remaining} ms left`);
    }
    const secret = lock.value.slice("@host:1/".length);
    same(JSON.stringify(shown).includes(secret), false, "the random part is shown");
    same(await lock.unlock(), "released");
    same(statuses(await mutex.inspect()), fixture.each("free"));
  }),

  ...lockCase("inspect() shows another library's holder without an owner", { nodes: 1 }, async (fixture) => {
    const take = (value: string) => fixture.tampering.send(0, "SET", fixture.name, value, "PX", "60000");
    await take("4b/c@d/e==");
    same(statuses(await fixture.mutex().inspect()), ["held"]);
    await take("@evil\nowner/x");
    same(statuses(await fixture.mutex().inspect()), ["held by evil?owner"]);
  }),

  ...lockCase(
    "inspect() shows the token of each name with fencing, node by node",
    { nodes: 3 },
    async (fixture) => {
      const names = [fixture.name, fixture.another()];
      const mutex = fixture.mutex({ fencing: true, failFast: false }, names);
      const lock = await mutex.lock();
      const shown = await mutex.inspect();
      same(
        shown.map((one) => ["token" in one && one.token, one.name, one.node]),
        names.flatMap((name) => fixture.nodes.map((_, node) => [lock.token, name, node])),
      );
      await lock.unlock();
    },
  ),

  ...lockCase("inspect() shows a node that refuses as such", { nodes: 3, faults: true }, async (fixture) => {
    fixture.at(1).inject(errorReply("ERR no such thing"));
    same(statuses(await fixture.mutex().inspect()), ["free", "failed", "free"]);
  }),

  ...lockCase(
    "a lock that is taken says by whom, and how long it has left",
    { nodes: 3 },
    async (fixture) => {
      const lock = await fixture.mutex({ owner: "host:1" }).lock();
      await fixture.settled();
      const error = await rejection(fixture.rival({ tries: 1 }).lock());
      isA(error, LockTakenError);
      same(error.owner, "host:1");
      matches(error.message, /taken by "host:1", [\d.]+ s left/);
      same(await lock.unlock(), "released");
    },
  ),
];
