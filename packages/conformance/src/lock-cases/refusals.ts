import { LockFailedError, LockTakenError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { passing, permanent } from "../error-replies.ts";
import { clientRefuses, connectionCut, errorReply, type Fault } from "../fixture/faults.ts";
import { countOfCommands, injectAll, mendAll } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling, first } from "../fixture/matches.ts";
import { endless } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** What nodes, and the clients in front of them, refuse to do. */
export const refusals: readonly Case[] = [
  ...lockCase(
    "what cannot heal ends the waiting at once, and by its reason",
    { nodes: 3, faults: true },
    async (fixture) => {
      for (const message of permanent) {
        injectAll(fixture.nodes, errorReply(message));
        const before = countOfCommands(fixture.nodes);
        const error = await rejection(fixture.mutex(endless).lock());
        isA(error, LockFailedError);
        matches(error.message, /1 attempt\b/);
        const [words = ""] = message.split(", with args");
        ok(error.message.includes(`node 0: refused: ${words}`), error.message);
        ok(!error.message.includes("secret"), error.message);
        isA(await rejection(fixture.mutex(endless).tryLock()), LockFailedError);
        // A release that is refused for its keys is sent again without the queue's.
        ok(
          countOfCommands(fixture.nodes) - before <= 10 * fixture.nodes.length,
          `commands for ${message}: ${countOfCommands(fixture.nodes) - before}`,
        );
        mendAll(fixture.nodes);
        await fixture.settled();
      }
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("what heals is tried again", { nodes: 3, faults: true }, async (fixture) => {
    for (const message of passing) {
      for (const { inject } of fixture.nodes) inject(errorReply(message), first(calling("acquire"), 2));
      const lock = await fixture.mutex(endless).lock();
      same(await lock.unlock(), "released");
      mendAll(fixture.nodes);
      await fixture.settled();
    }
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase(
    "one node that refuses for good does not end the waiting",
    { nodes: 3, faults: true },
    async (fixture) => {
      fixture.at(0).inject(errorReply("NOPERM this user has no permissions to run the 'eval' command"));
      fixture.at(1).inject(connectionCut, first(calling("acquire"), 2));
      const lock = await fixture.mutex(endless).lock();
      same(await lock.unlock(), "released");
      mendAll(fixture.nodes);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "waits while others' values keep it out, also beside a node that refuses for good",
    { nodes: 3, faults: true, polls: true },
    async (fixture) => {
      fixture.at(0).inject(errorReply("NOAUTH Authentication required."));
      await fixture.tampering.takenByOther({ nodes: [1, 2] });
      isA(await rejection(fixture.mutex({ tries: 3 }).lock()), LockTakenError);
      same(fixture.at(1).sent.filter(calling("acquire")).length, 3, "attempts");
    },
  ),

  ...lockCase(
    "clients that were closed end the waiting at once",
    { nodes: 3, faults: true },
    async (fixture) => {
      injectAll(fixture.nodes, clientRefuses("Connection is closed.", { notSent: true, closed: true }));
      const error = await rejection(fixture.mutex(endless).lock());
      isA(error, LockFailedError);
      matches(error.message, /1 attempt\b.*node 0: refused: Connection is closed\./);
    },
  ),

  ...lockCase(
    "an error that a framework needs back goes through as it is, and at once",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      const needed = Object.assign(new Error("Dynamic server usage"), { digest: "DYNAMIC_SERVER_USAGE" });
      const needs: Fault = async () => {
        throw needed;
      };
      fixture.at(1).inject(needs);
      const other = fixture.another();
      for (const call of [
        () => fixture.mutex(endless, other).lock(),
        () => fixture.mutex(endless, other).tryLock(),
        () => fixture.mutex(endless, other).using(() => {}),
        () => lock.extend(),
        () => lock.verify(),
      ])
        ok((await rejection(call())) === needed, "it is that very error");
      mendAll(fixture.nodes);
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),
];
