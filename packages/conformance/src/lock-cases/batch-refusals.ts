import { type Lock, type Redsync, UnlockFailedError } from "@redsync/core";
import { isA, matches, rejection, same } from "../assert.ts";
import { TRYAGAIN } from "../error-replies.ts";
import { failureFrom } from "../failed-attempts.ts";
import { errorReply, type Fault, gate } from "../fixture/faults.ts";
import { countOfCommands, injectAll, mendAll, together } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { aboutSeveral, beginning, calling, first, naming } from "../fixture/matches.ts";
import { questionsOf } from "../fixture/questions.ts";
import { expiry20sRound1s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

const CROSSSLOT = "CROSSSLOT Keys in request don't hash to the same slot";
const NOPERM = "NOPERM No permissions to access a key";
const NOSCRIPT = "NOSCRIPT No matching script. Please use EVAL.";

const lockAll = (redsync: Redsync, names: readonly string[]): Promise<Lock[]> =>
  Promise.all(names.map((name) => redsync.mutex(name).lock()));

const unlockAll = (locks: readonly Lock[]): Promise<unknown[]> =>
  Promise.all(locks.map((lock) => lock.unlock()));

/** Commands with several questions that a server, or the client in front of it, refuses. */
export const batchRefusals: readonly Case[] = [
  ...[NOPERM, TRYAGAIN, "ERR max request size exceeded", "ERR request too large"].flatMap((message) =>
    lockCase(
      `a command that is refused with several names is sent again for each alone: ${message.split(" ").slice(0, 3).join(" ")}`,
      { nodes: [1, 3], faults: true, dress: together, needs: ["batches"] },
      async (fixture) => {
        const names = fixture.sharing(3);
        injectAll(fixture.nodes, errorReply(message), aboutSeveral);
        const redsync = fixture.redsync();
        for (const _ of [1, 2]) {
          const before = countOfCommands(fixture.nodes);
          const locks = await lockAll(redsync, names);
          await redsync.settled();
          same(
            countOfCommands(fixture.nodes) - before,
            4 * fixture.nodes.length,
            "one command, and one a name",
          );
          for (const lock of locks) same(await fixture.keys.values(lock.name), fixture.each(lock.value));
          same(await unlockAll(locks), ["released", "released", "released"]);
          await redsync.settled();
        }
        await fixture.hasNoKeyLeft();
      },
    ),
  ),

  ...lockCase(
    "after CROSSSLOT a node gets one command for each name, and is not asked in vain again",
    { nodes: [1, 3], faults: true, dress: together, needs: ["batches"] },
    async (fixture) => {
      const names = fixture.sharing(3);
      injectAll(fixture.nodes, errorReply(CROSSSLOT), aboutSeveral);
      const redsync = fixture.redsync();
      for (const each of [4, 3, 3]) {
        const before = countOfCommands(fixture.nodes);
        const locks = await lockAll(redsync, names);
        await redsync.settled();
        same(countOfCommands(fixture.nodes) - before, each * fixture.nodes.length, "commands to lock");
        same(await unlockAll(locks), ["released", "released", "released"]);
        await redsync.settled();
      }
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a name that is refused also when it is alone fails by itself, and the others are locked",
    { nodes: [1, 3], faults: true, dress: together },
    async (fixture) => {
      const [mine, theirs, other] = fixture.sharing(3) as [string, string, string];
      injectAll(fixture.nodes, errorReply(NOPERM), naming(theirs));
      const redsync = fixture.redsync({ ...expiry20sRound1s, tries: 1 });
      const [error, ...locks] = await Promise.all([
        failureFrom(redsync.mutex(theirs).lock()),
        redsync.mutex(mine).lock(),
        redsync.mutex(other).lock(),
      ]);
      matches(error.message, /node 0: refused: NOPERM /);
      same(await unlockAll(locks), ["released", "released"]);
      mendAll(fixture.nodes);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "an unlock and the next lock of a name stay together when the names are sent alone",
    { nodes: 1, faults: true, dress: together, needs: ["batches"] },
    async (fixture) => {
      const [a, b] = fixture.sharing(2) as [string, string];
      const redsync = fixture.redsync();
      const lock = await redsync.mutex(a).lock();
      fixture.at(0).inject(errorReply(TRYAGAIN), aboutSeveral);
      const [result, next, beside] = await Promise.all([
        lock.unlock(),
        redsync.mutex(a, { tries: 1 }).lock(),
        redsync.mutex(b, { tries: 1 }).lock(),
      ]);
      same(result, "released");
      const asked = fixture.at(0).sent.map((command) => questionsOf(command).map((each) => each.operation));
      same(asked.slice(-2), [["release", "acquire"], ["acquire"]], "what was asked again");
      same(await unlockAll([next, beside]), ["released", "released"]);
    },
  ),

  ...lockCase(
    "after NOSCRIPT the script's text goes out with what is still wanted, and nothing that was given up",
    { nodes: 1, faults: true, dress: together, needs: ["batches"] },
    async (fixture) => {
      const [left, wanted] = fixture.sharing(2) as [string, string];
      const node = fixture.at(0);
      const held = gate();
      const fault: Fault = () => held.reply(errorReply(NOSCRIPT) as () => Promise<never>);
      node.inject(fault, first(beginning("EVALSHA")));
      const redsync = fixture.redsync();
      const controller = new AbortController();
      const aborted = rejection(redsync.mutex(left).lock({ signal: controller.signal }));
      const locking = redsync.mutex(wanted).lock();
      await held.reached;
      controller.abort("given up");
      same(await aborted, "given up");
      await held.release();
      const lock = await locking;
      await redsync.settled();
      const texts = node.sent.filter(beginning("EVAL")).flatMap(questionsOf);
      same(
        texts.map(({ name, operation }) => [name, operation]),
        [[wanted, "acquire"]],
        "what was sent as text",
      );
      same(await lock.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "after NOSCRIPT a release goes out also if nobody waits for it any more, and an acquire does not",
    { nodes: 1, faults: true, dress: together, needs: ["batches"] },
    async (fixture) => {
      const [held, late] = fixture.sharing(2) as [string, string];
      const node = fixture.at(0);
      const redsync = fixture.redsync({ ...expiry20sRound1s, tries: 1 }, fixture.clock);
      const lock = await redsync.mutex(held).lock();
      const slow = gate();
      const fault: Fault = () => slow.reply(errorReply(NOSCRIPT) as () => Promise<never>);
      node.inject(fault, first(beginning("EVALSHA")));
      const failing = Promise.all([rejection(lock.unlock()), failureFrom(redsync.mutex(late).lock())]);
      await fixture.clock.advance(ROUND_1S);
      const [error] = await failing;
      isA(error, UnlockFailedError);
      await slow.release();
      await fixture.settled();
      const texts = node.sent.filter(beginning("EVAL")).flatMap(questionsOf);
      same(
        texts.filter(({ name }) => name === held).map(({ operation }) => operation),
        ["release"],
        "of what was held",
      );
      same(
        node.sent.filter(calling("acquire")).filter(beginning("EVAL")).length,
        0,
        "acquires that were sent as text",
      );
      await fixture.hasNoKeyLeft();
    },
  ),
];
