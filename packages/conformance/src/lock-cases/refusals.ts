import { ExtendFailedError, LockFailedError, LockTakenError, NodeError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { connectionCut, errorReply, type Fault, gate, hung } from "../faults.ts";
import { countOfCommands, mendAll } from "../faulty-nodes.ts";
import type { Fixture } from "../fixture.ts";
import type { Case } from "../harness.ts";
import { lockCase } from "../lock-case.ts";
import { beginning, calling, first, type Match, withFence } from "../matches.ts";
import { EXPIRY_20S, expiry20sRound1s, ROUND_1S } from "../timings.ts";
import { fenced, tokenOf } from "../tokens.ts";

/** Tries for ever, unless it learns that there is no use. */
const endless = { tries: Number.POSITIVE_INFINITY } as const;

/** The client refuses the command itself, with these marks on its error. */
const clientRefuses =
  (message: string, marks: object): Fault =>
  async () => {
    throw Object.assign(new Error(message), marks);
  };

const injectAll = (fixture: Fixture, fault: Fault, match?: Match): void => {
  for (const { inject } of fixture.nodes) inject(fault, match);
};

const TRYAGAIN = "TRYAGAIN Multiple keys request during rehashing of slot";

/** What somebody has to mend first. */
const permanent: readonly string[] = [
  "NOPERM this user has no permissions to access one of the keys used as arguments",
  "NOAUTH Authentication required.",
  "WRONGPASS invalid username-password pair or user is disabled.",
  "WRONGTYPE Operation against a key holding the wrong kind of value",
  "CROSSSLOT Keys in request don't hash to the same slot",
  "ERR unknown command 'EVAL', with args beginning with: ",
  "ERR Unknown Redis command called from script script: dfdca986, on @user_script:1.",
  "ERR The user executing the script can't run this command or subcommand script: 756928dd, on @user_script:1.",
  "ERR ACL failure in script: User app has no permissions to run the 'set' command",
  "ERR the fence is no number below 2^53-1",
];

/** What ends by itself. */
const passing: readonly string[] = [
  "READONLY You can't write against a read only replica.",
  "LOADING Redis is loading the dataset in memory",
  "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
  "CLUSTERDOWN The cluster is down",
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  TRYAGAIN,
  "NOREPLICAS Not enough good replicas to write.",
  "OOM command not allowed when used memory > 'maxmemory'.",
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
];

/** What nodes, and the clients in front of them, refuse to do. */
export const refusals: readonly Case[] = [
  ...lockCase(
    "what cannot heal ends the waiting at once, and by its reason",
    { nodes: 3, faults: true },
    async (fixture) => {
      for (const message of permanent) {
        injectAll(fixture, errorReply(message));
        const before = countOfCommands(fixture.nodes);
        const error = await rejection(fixture.mutex(endless).lock());
        isA(error, LockFailedError);
        matches(error.message, /1 attempt\b/);
        ok(error.message.includes(`node 0: refused: ${message}`), error.message);
        isA(await rejection(fixture.mutex(endless).tryLock()), LockFailedError);
        ok(
          countOfCommands(fixture.nodes) - before <= 8 * fixture.nodes.length,
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
    { nodes: 3, faults: true },
    async (fixture) => {
      fixture.at(0).inject(errorReply("NOAUTH Authentication required."));
      await fixture.tampering.takenByOther({ nodes: [1, 2] });
      isA(await rejection(fixture.mutex({ tries: 3 }).lock()), LockTakenError);
      same(fixture.at(1).sent.filter(calling("acquire")).length, 3, "attempts");
    },
  ),

  ...lockCase(
    "a server without EVALSHA gets the script's text, and from then on at once",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      for (const message of [
        "NOPERM this user has no permissions to run the 'evalsha' command",
        "ERR unknown command 'EVALSHA', with args beginning with: ",
      ]) {
        injectAll(fixture, errorReply(message), beginning("EVALSHA"));
        const before = countOfCommands(fixture.nodes);
        const lock = await fixture.mutex(endless).lock();
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
          fixture,
          errorReply(`NOPERM this user has no permissions to run the '${word.toLowerCase()}' command`),
          beginning(word),
        );
      forbidden("EVALSHA");
      const mutex = fixture.mutex();
      same(await (await mutex.lock()).unlock(), "released");
      mendAll(fixture.nodes);
      forbidden("EVAL");
      isA(await rejection(mutex.lock()), LockFailedError);
      same(await (await mutex.lock()).unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "unlock() asks again, before its verdict, a node that refuses for a moment",
    { nodes: 1, faults: true },
    async (fixture) => {
      for (const message of passing) {
        fixture.at(0).inject(errorReply(message), first(calling("release"), 3));
        const lock = await fixture.timed().lock();
        same(await fixture.clock.pass(lock.unlock()), "released");
      }
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "unlock() asks again if the client refused, until its deadline",
    { nodes: 1, faults: true },
    async (fixture) => {
      fixture
        .at(0)
        .inject(clientRefuses("the client's queue is full", { notSent: true }), first(calling("release"), 5));
      const lock = await fixture.timed().lock();
      same(await fixture.clock.pass(lock.unlock()), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "unlock() does not wait for a node that refuses once a quorum has released",
    { nodes: 3, faults: true },
    async (fixture) => {
      fixture.at(2).inject(errorReply("LOADING Redis is loading the dataset in memory"), calling("release"));
      const lock = await fixture.timed().lock();
      const start = fixture.clock.monotonic();
      same(await lock.unlock(), "released");
      same(fixture.clock.monotonic() - start, 0, "what it has waited");
      mendAll(fixture.nodes);
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase("unlock() says what a node refused to the end", { nodes: 1, faults: true }, async (fixture) => {
    fixture.at(0).inject(errorReply("BUSY Redis is busy running a script."), calling("release"));
    const lock = await fixture.timed().lock();
    const error = await fixture.clock.pass(rejection(lock.unlock()));
    matches(String(error), /node 0: refused: BUSY /);
    mendAll(fixture.nodes);
    await fixture.hasNoKeyLeft();
  }),

  ...lockCase(
    "an undo that is refused for a moment is sent again",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const replies = gate();
      injectAll(fixture, replies.reply, calling("acquire"));
      for (const { inject } of fixture.nodes)
        inject(errorReply("NOREPLICAS Not enough good replicas to write."), first(calling("release"), 2));
      const controller = new AbortController();
      const locking = rejection(fixture.timed().lock({ signal: controller.signal }));
      await replies.reached;
      controller.abort();
      await locking;
      await replies.release();
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "what the client never wrote has failed, and needs no undo",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      injectAll(
        fixture,
        clientRefuses("the client's queue is full", { notSent: true }),
        first(calling("acquire"), 2 * fixture.nodes.length),
      );
      const error = await rejection(fixture.mutex({ tries: 1 }).lock());
      isA(error, LockFailedError);
      same(
        error.outcomes.map(({ status }) => status),
        fixture.each("failed"),
      );
      isA(error.cause, NodeError);
      same(error.cause.refused, true);
      matches(error.message, /node 0: refused: the client's queue is full/);
      await fixture.settled();
      same(fixture.nodes.flatMap(({ sent }) => sent.filter(calling("release"))).length, 0, "undos");
    },
  ),

  ...lockCase(
    "clients that were closed end the waiting at once",
    { nodes: 3, faults: true },
    async (fixture) => {
      injectAll(fixture, clientRefuses("Connection is closed.", { notSent: true, closed: true }));
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

  ...lockCase(
    "a held lock is kept while its fence is on another server than its name",
    { nodes: 1, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex(fenced).lock();
      fixture.at(0).inject(errorReply(TRYAGAIN), withFence);
      await fixture.tampering.expireIn(5_000, { nodes: [0] });
      await lock.extend();
      await lock.extend();
      ok(((await fixture.keys.ttls())[0] ?? 0) > 10_000, "it was extended");
      const error = await rejection(fixture.mutex({ ...fenced, tries: 1 }, fixture.another()).lock());
      isA(error, LockFailedError);
      matches(error.message, /node 0: refused: TRYAGAIN /);
      mendAll(fixture.nodes);
      // The fence was left behind meanwhile.
      await fixture.tampering.forget({ nodes: [0], name: `{${fixture.name}}:fence` });
      await lock.extend();
      same(await fixture.keys.fences(), [tokenOf(lock)], "the fence is mended");
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "extends without the fence after a round that asked for it in vain",
    { nodes: 1, faults: true },
    async (fixture) => {
      const lock = await fixture.timed({ ...expiry20sRound1s, ...fenced }).lock();
      fixture.at(0).inject(hung, withFence);
      const failing = rejection(lock.extend());
      await fixture.clock.advance(ROUND_1S);
      isA(await failing, ExtendFailedError);
      await lock.extend();
      ok(lock.remaining() > EXPIRY_20S - ROUND_1S, "it was extended");
      mendAll(fixture.nodes);
      await fixture.tampering.forget({ nodes: [0], name: `{${fixture.name}}:fence` });
      await lock.extend();
      same(await fixture.keys.fences(), [tokenOf(lock)], "the fence is mended");
      same(await lock.unlock(), "released");
    },
  ),
];
