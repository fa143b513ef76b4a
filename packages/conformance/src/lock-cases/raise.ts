import { LockFailedError } from "@redsync/core";
import { abortReason } from "../abort-reason.ts";
import { isA, ok, rejection, same } from "../assert.ts";
import { connectionCut, type Fault, gate } from "../fixture/faults.ts";
import { countOfCommands } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { OTHER } from "../fixture/tampering.ts";
import { expiry20sRound1s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { fenced, grow, moveAhead, storing, tokenFrom } from "../tokens.ts";

/** Every node has a say, so that it is sure which of them have the largest token. */
const waiting = { ...fenced, failFast: false } as const;

/** If the nodes differ: the largest token is raised until a quorum stores it. */
export const raise: readonly Case[] = [
  ...lockCase(
    "a quorum stores the token before lock() resolves, if the nodes differ",
    { nodes: 3, faults: true },
    async (fixture) => {
      const far = await moveAhead(fixture, { nodes: [0] });
      // Late enough to be missed by a lock() that does not wait for it.
      const raising = gate();
      for (const node of [1, 2]) fixture.at(node).inject(raising.delivery, calling("extend"));
      let isLocked = false;
      const locking = fixture.mutex(waiting).lock();
      void locking.then(() => {
        isLocked = true;
      });
      await raising.reached;
      same(
        [await storing(fixture, far + 1), isLocked],
        [1, false],
        "nodes that store it, and whether it is locked",
      );
      await raising.release();
      const lock = await locking;
      same(lock.token, far + 1);
      same(await fixture.keys.fences(), fixture.each(far + 1));
      same(
        countOfCommands(fixture.nodes),
        5,
        "commands: an acquire for each, a raise for those that stored less",
      );
      same(await lock.unlock(), "released");
      grow([far + 1, await tokenFrom(fixture.mutex(fenced))]);
    },
  ),

  ...lockCase(
    "a quorum stores the token before lock() resolves, also if a node has not answered by then",
    { nodes: 3, faults: true },
    async (fixture) => {
      const far = await moveAhead(fixture, { nodes: [0] });
      const slow = gate();
      fixture.at(2).inject(slow.delivery, calling("acquire"));
      const lock = await fixture.mutex(fenced).lock();
      same([lock.token, await storing(fixture, far + 1)], [far + 1, 2], "the token, and who stores it");
      await slow.release();
      same(await lock.unlock(), "released");
      grow([far + 1, await tokenFrom(fixture.mutex(fenced))]);
    },
  ),

  ...lockCase("no node is raised if a quorum agrees on the largest token", { nodes: 3 }, async (fixture) => {
    const far = await moveAhead(fixture, { nodes: [0, 2] });
    const lock = await fixture.mutex(waiting).lock();
    same([lock.token, countOfCommands(fixture.nodes)], [far + 1, 3], "the token, and the commands");
    same(await storing(fixture, far + 1), 2);
    await lock.unlock();
  }),

  ...lockCase(
    "a raise that a quorum with the granting nodes confirmed is enough",
    { nodes: 3, faults: true },
    async (fixture) => {
      const far = await moveAhead(fixture, { nodes: [0] });
      fixture.at(2).inject(connectionCut, calling("extend"));
      const lock = await fixture.mutex(waiting).lock();
      same(lock.token, far + 1);
      same(await storing(fixture, far + 1), 2);
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "a raise that fails is LockFailedError, and leaves no key",
    { nodes: 3, faults: true },
    async (fixture) => {
      const far = await moveAhead(fixture, { nodes: [0] });
      const mending = [1, 2].map((node) => fixture.at(node).inject(connectionCut, calling("extend")));
      const error = await rejection(fixture.mutex({ ...waiting, tries: 2 }).lock());
      isA(error, LockFailedError);
      same(
        error.outcomes.map(({ status }) => status),
        ["ok", "unknown", "unknown"],
      );
      await fixture.hasNoKeyLeft();
      for (const mend of mending) mend();
      grow([far, await tokenFrom(fixture.mutex(waiting))]);
    },
  ),

  ...lockCase(
    "a raise that hangs ends at its deadline, and leaves no key",
    { nodes: 3, faults: true },
    async (fixture) => {
      await moveAhead(fixture, { nodes: [0] });
      const stuck = gate();
      for (const node of [1, 2]) fixture.at(node).inject(stuck.delivery, calling("extend"));
      const locking = rejection(fixture.timed({ ...expiry20sRound1s, ...waiting, tries: 1 }).lock());
      await fixture.clock.advance(ROUND_1S);
      isA(await locking, LockFailedError);
      await stuck.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an abort during the raise rejects with the reason, and leaves no key",
    { nodes: 3, faults: true },
    async (fixture) => {
      await moveAhead(fixture, { nodes: [0] });
      const held = gate();
      for (const node of [1, 2]) fixture.at(node).inject(held.reply, calling("extend"));
      const controller = new AbortController();
      const locking = rejection(fixture.mutex(waiting).lock({ signal: controller.signal }));
      await held.reached;
      controller.abort(abortReason);
      ok((await locking) === abortReason, "it rejects with the signal's reason");
      await held.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a raise touches no fence if somebody else's value sits there by then",
    { nodes: 3, faults: true },
    async (fixture) => {
      const far = await moveAhead(fixture, { nodes: [0] });
      const overtaken: Fault = async (deliver) => {
        await fixture.tampering.takenByOther({ nodes: [1, 2] });
        return deliver();
      };
      for (const node of [1, 2]) fixture.at(node).inject(overtaken, calling("extend"));
      isA(await rejection(fixture.mutex({ ...waiting, tries: 1 }).lock()), Error);
      await fixture.settled();
      same(await fixture.keys.values(), [null, OTHER, OTHER]);
      same(await storing(fixture, far), 1);
    },
  ),
];
