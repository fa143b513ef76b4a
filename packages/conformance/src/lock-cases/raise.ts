import { LockFailedError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { connectionCut, type Fault, gate } from "../faults.ts";
import type { Case } from "../harness.ts";
import { calling } from "../matches.ts";
import { brisk, DEADLINE, happily, OTHER, over } from "../stage.ts";
import { fenced, grow, moveAhead, storing, tokenFrom } from "../tokens.ts";

/** Where the nodes differ: the largest token is raised until a quorum stores it. */
export const raise: readonly Case[] = [
  over(3, "where the nodes differ, a quorum stores the token before lock() resolves", async (stage) => {
    const far = await moveAhead(stage, [0]);
    // Late enough to be missed by a lock() that does not wait for it.
    const raising = gate();
    for (const node of [1, 2]) stage.at(node).inject(raising.delivery, calling("extend"));
    let isLocked = false;
    const locking = stage.mutex(fenced).lock();
    void locking.then(() => {
      isLocked = true;
    });
    await raising.reached;
    same(
      [await storing(stage, far + 1), isLocked],
      [1, false],
      "nodes that store it, and whether it is locked",
    );
    await raising.release();
    const lock = await locking;
    same(lock.token, far + 1);
    same(await stage.fences(), stage.each(far + 1));
    same(stage.sent, 5, "commands: an acquire for each, a raise for those that stored less");
    same(await lock.unlock(), "released");
    grow([far + 1, await tokenFrom(stage.mutex(fenced))]);
  }),

  happily(3, "where a quorum agrees on the largest, nobody is raised", async (stage) => {
    const far = await moveAhead(stage, [0, 2]);
    const lock = await stage.mutex(fenced).lock();
    same([lock.token, stage.sent], [far + 1, 3], "the token, and the commands");
    same(await storing(stage, far + 1), 2);
    await lock.unlock();
  }),

  over(3, "a raise that a quorum with the granting nodes confirmed is enough", async (stage) => {
    const far = await moveAhead(stage, [0]);
    stage.at(2).inject(connectionCut, calling("extend"));
    const lock = await stage.mutex(fenced).lock();
    same(lock.token, far + 1);
    same(await storing(stage, far + 1), 2);
    same(await lock.unlock(), "released");
  }),

  over(3, "a raise that fails is LockFailedError, and leaves no key", async (stage) => {
    const far = await moveAhead(stage, [0]);
    const mending = [1, 2].map((node) => stage.at(node).inject(connectionCut, calling("extend")));
    const error = await rejection(stage.mutex({ ...fenced, tries: 2 }).lock());
    isA(error, LockFailedError);
    same(
      error.outcomes.map(({ status }) => status),
      ["ok", "unknown", "unknown"],
    );
    await stage.hasNoKeyLeft();
    for (const mend of mending) mend();
    grow([far, await tokenFrom(stage.mutex(fenced))]);
  }),

  over(3, "a raise that hangs ends at its deadline, and leaves no key", async (stage) => {
    await moveAhead(stage, [0]);
    const stuck = gate();
    for (const node of [1, 2]) stage.at(node).inject(stuck.delivery, calling("extend"));
    const locking = rejection(stage.timed({ ...brisk, ...fenced, tries: 1 }).lock());
    await stage.clock.advance(DEADLINE);
    isA(await locking, LockFailedError);
    await stuck.release();
    await stage.hasNoKeyLeft();
  }),

  over(3, "an abort during the raise rejects with the reason, and leaves no key", async (stage) => {
    const reason = { because: "the user closed the page" };
    await moveAhead(stage, [0]);
    const held = gate();
    for (const node of [1, 2]) stage.at(node).inject(held.reply, calling("extend"));
    const controller = new AbortController();
    const locking = rejection(stage.mutex(fenced).lock({ signal: controller.signal }));
    await held.reached;
    controller.abort(reason);
    ok((await locking) === reason, "it rejects with the signal's reason");
    await held.release();
    await stage.hasNoKeyLeft();
  }),

  over(3, "a raise touches no fence where somebody else's value sits by then", async (stage) => {
    const far = await moveAhead(stage, [0]);
    const overtaken: Fault = async (deliver) => {
      await stage.takenByOther([1, 2]);
      return deliver();
    };
    for (const node of [1, 2]) stage.at(node).inject(overtaken, calling("extend"));
    isA(await rejection(stage.mutex({ ...fenced, tries: 1 }).lock()), Error);
    await stage.settled();
    same(await stage.values(), [null, OTHER, OTHER]);
    same(await storing(stage, far), 1);
  }),
];
