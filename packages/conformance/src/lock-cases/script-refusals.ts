import { LockFailedError } from "@redsync/core";
import { isA, rejection, same } from "../assert.ts";
import { errorReply } from "../fixture/faults.ts";
import { countOfCommands, injectAll, mendAll } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { beginning } from "../fixture/matches.ts";
import { endless } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

/** Servers that refuse one of the two ways to call a script. */
export const scriptRefusals: readonly Case[] = [
  ...lockCase(
    "a server without EVALSHA gets the script's text, and from then on at once",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      for (const message of [
        "NOPERM this user has no permissions to run the 'evalsha' command",
        "ERR unknown command 'EVALSHA', with args beginning with: ",
      ]) {
        injectAll(fixture.nodes, errorReply(message), beginning("EVALSHA"));
        const before = countOfCommands(fixture.nodes);
        const lock = await fixture.mutex({ ...endless, failFast: false }).lock();
        await lock.extend();
        await lock.verify();
        same(await lock.unlock(), "released");
        same(
          countOfCommands(fixture.nodes) - before,
          5 * fixture.nodes.length,
          "commands for four questions",
        );
        mendAll(fixture.nodes);
      }
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a server that takes EVALSHA again, and EVAL no more, gets that",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const forbidden = (word: string) =>
        injectAll(
          fixture.nodes,
          errorReply(`NOPERM this user has no permissions to run the '${word.toLowerCase()}' command`),
          beginning(word),
        );
      forbidden("EVALSHA");
      const mutex = fixture.mutex();
      same(await (await mutex.lock()).unlock(), "released");
      // A node that a quorum did without may still be asked by the text, and would refuse its release for good.
      await fixture.settled();
      mendAll(fixture.nodes);
      forbidden("EVAL");
      isA(await rejection(mutex.lock()), LockFailedError);
      same(await (await mutex.lock()).unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),
];
