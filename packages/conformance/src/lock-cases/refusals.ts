import { ExtendFailedError, LockFailedError, LockTakenError, NodeError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { connectionCut, errorReply, type Fault, gate, hung } from "../faults.ts";
import type { Case } from "../harness.ts";
import { beginning, calling, first, type Match, withFence } from "../matches.ts";
import { brisk, calm, DEADLINE, over, overEach, type Stage } from "../stage.ts";
import { fenced, tokenOf } from "../tokens.ts";

/** Tries for ever, unless it is told that there is no use. */
const endless = { tries: Number.POSITIVE_INFINITY } as const;

/** The client refuses the command itself, with these marks on its error. */
const clientRefuses =
  (message: string, marks: object): Fault =>
  async () => {
    throw Object.assign(new Error(message), marks);
  };

const injectAll = (stage: Stage, fault: Fault, match?: Match): void => {
  for (const { inject } of stage.nodes) inject(fault, match);
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
  over(3, "what cannot heal ends the waiting at once, and by its reason", async (stage) => {
    for (const message of permanent) {
      injectAll(stage, errorReply(message));
      const before = stage.sent;
      const error = await rejection(stage.mutex(endless).lock());
      isA(error, LockFailedError);
      matches(error.message, /1 attempt\b/);
      ok(error.message.includes(`node 0: refused: ${message}`), error.message);
      isA(await rejection(stage.mutex(endless).tryLock()), LockFailedError);
      ok(stage.sent - before <= 8 * stage.nodes.length, `commands for ${message}: ${stage.sent - before}`);
      stage.mend();
      await stage.settled();
    }
    await stage.hasNoKeyLeft();
  }),

  over(3, "what heals is tried again", async (stage) => {
    for (const message of passing) {
      for (const { inject } of stage.nodes) inject(errorReply(message), first(calling("acquire"), 2));
      const lock = await stage.mutex(endless).lock();
      same(await lock.unlock(), "released");
      stage.mend();
      await stage.settled();
    }
    await stage.hasNoKeyLeft();
  }),

  over(3, "one node that refuses for good does not end the waiting", async (stage) => {
    stage.at(0).inject(errorReply("NOPERM this user has no permissions to run the 'eval' command"));
    stage.at(1).inject(connectionCut, first(calling("acquire"), 2));
    const lock = await stage.mutex(endless).lock();
    same(await lock.unlock(), "released");
    stage.mend();
    await stage.hasNoKeyLeft();
  }),

  over(
    3,
    "who is kept out by others' values waits, also beside a node that refuses for good",
    async (stage) => {
      stage.at(0).inject(errorReply("NOAUTH Authentication required."));
      await stage.takenByOther([1, 2]);
      isA(await rejection(stage.mutex({ tries: 3 }).lock()), LockTakenError);
      same(stage.at(1).sent.filter(calling("acquire")).length, 3, "attempts");
    },
  ),

  ...overEach(
    [1, 3],
    "a server without EVALSHA gets the script's text, and from then on at once",
    async (stage) => {
      for (const message of [
        "NOPERM this user has no permissions to run the 'evalsha' command",
        "ERR unknown command 'EVALSHA', with args beginning with: ",
      ]) {
        injectAll(stage, errorReply(message), beginning("EVALSHA"));
        const before = stage.sent;
        const lock = await stage.mutex(endless).lock();
        await lock.extend();
        await lock.verify();
        same(await lock.unlock(), "released");
        same(stage.sent - before, 5 * stage.nodes.length, "commands for four questions");
        stage.mend();
      }
      await stage.hasNoKeyLeft();
    },
  ),

  ...overEach([1, 3], "a server that takes EVALSHA again, and EVAL no more, gets that", async (stage) => {
    const forbidden = (word: string) =>
      injectAll(
        stage,
        errorReply(`NOPERM this user has no permissions to run the '${word.toLowerCase()}' command`),
        beginning(word),
      );
    forbidden("EVALSHA");
    const mutex = stage.mutex();
    same(await (await mutex.lock()).unlock(), "released");
    stage.mend();
    forbidden("EVAL");
    isA(await rejection(mutex.lock()), LockFailedError);
    same(await (await mutex.lock()).unlock(), "released");
    await stage.hasNoKeyLeft();
  }),

  over(
    1,
    "unlock() asks again a node that refuses the delete for a moment, before its verdict",
    async (stage) => {
      for (const message of passing) {
        stage.at(0).inject(errorReply(message), first(calling("release"), 3));
        const lock = await stage.timed().lock();
        same(await stage.clock.pass(lock.unlock()), "released");
      }
      await stage.hasNoKeyLeft();
    },
  ),

  over(1, "unlock() asks again where the client refused, until its deadline", async (stage) => {
    stage
      .at(0)
      .inject(clientRefuses("the client's queue is full", { notSent: true }), first(calling("release"), 5));
    const lock = await stage.timed().lock();
    same(await stage.clock.pass(lock.unlock()), "released");
    await stage.hasNoKeyLeft();
  }),

  over(3, "unlock() does not wait for a node that refuses where a quorum has released", async (stage) => {
    stage.at(2).inject(errorReply("LOADING Redis is loading the dataset in memory"), calling("release"));
    const lock = await stage.timed().lock();
    const start = stage.clock.monotonic();
    same(await lock.unlock(), "released");
    same(stage.clock.monotonic() - start, 0, "what it has waited");
    stage.mend();
    await stage.hasNoKeyLeft();
  }),

  over(1, "unlock() says what a node refused to the end", async (stage) => {
    stage.at(0).inject(errorReply("BUSY Redis is busy running a script."), calling("release"));
    const lock = await stage.timed().lock();
    const error = await stage.clock.pass(rejection(lock.unlock()));
    matches(String(error), /node 0: refused: BUSY /);
    stage.mend();
    await stage.hasNoKeyLeft();
  }),

  ...overEach([1, 3], "an undo that is refused for a moment is sent again", async (stage) => {
    const replies = gate();
    injectAll(stage, replies.reply, calling("acquire"));
    for (const { inject } of stage.nodes)
      inject(errorReply("NOREPLICAS Not enough good replicas to write."), first(calling("release"), 2));
    const controller = new AbortController();
    const locking = rejection(stage.timed().lock({ signal: controller.signal }));
    await replies.reached;
    controller.abort();
    await locking;
    await replies.release();
    await stage.hasNoKeyLeft();
  }),

  ...overEach([1, 3], "what the client never wrote has failed, and needs no undo", async (stage) => {
    injectAll(
      stage,
      clientRefuses("the client's queue is full", { notSent: true }),
      first(calling("acquire"), 2 * stage.nodes.length),
    );
    const error = await rejection(stage.mutex({ tries: 1 }).lock());
    isA(error, LockFailedError);
    same(
      error.outcomes.map(({ status }) => status),
      stage.each("failed"),
    );
    isA(error.cause, NodeError);
    same(error.cause.refused, true);
    matches(error.message, /node 0: refused: the client's queue is full/);
    await stage.settled();
    same(stage.nodes.flatMap(({ sent }) => sent.filter(calling("release"))).length, 0, "undos");
  }),

  over(3, "clients that were closed end the waiting at once", async (stage) => {
    injectAll(stage, clientRefuses("Connection is closed.", { notSent: true, closed: true }));
    const error = await rejection(stage.mutex(endless).lock());
    isA(error, LockFailedError);
    matches(error.message, /1 attempt\b.*node 0: refused: Connection is closed\./);
  }),

  over(3, "an error that a framework needs back goes through as it is, and at once", async (stage) => {
    const lock = await stage.mutex().lock();
    const needed = Object.assign(new Error("Dynamic server usage"), { digest: "DYNAMIC_SERVER_USAGE" });
    const needs: Fault = async () => {
      throw needed;
    };
    stage.at(1).inject(needs);
    const other = stage.another();
    for (const call of [
      () => stage.mutex(endless, other).lock(),
      () => stage.mutex(endless, other).tryLock(),
      () => stage.mutex(endless, other).using(() => {}),
      () => lock.extend(),
      () => lock.verify(),
    ])
      ok((await rejection(call())) === needed, "it is that very error");
    stage.mend();
    same(await lock.unlock(), "released");
    await stage.hasNoKeyLeft();
  }),

  over(1, "while a fence is on another server than its name, a lock that is held is kept", async (stage) => {
    const lock = await stage.mutex(fenced).lock();
    stage.at(0).inject(errorReply(TRYAGAIN), withFence);
    await stage.raw(0, "PEXPIRE", stage.name, "5000");
    await lock.extend();
    await lock.extend();
    ok(((await stage.ttls())[0] ?? 0) > 10_000, "it was extended");
    const error = await rejection(stage.mutex({ ...fenced, tries: 1 }, stage.another()).lock());
    isA(error, LockFailedError);
    matches(error.message, /node 0: refused: TRYAGAIN /);
    stage.mend();
    // The fence was left behind meanwhile.
    await stage.forget([0], `{${stage.name}}:fence`);
    await lock.extend();
    same(await stage.fences(), [tokenOf(lock)], "the fence is mended");
    same(await lock.unlock(), "released");
  }),

  over(
    1,
    "a client that keeps asking for a fence in vain keeps the lock no longer than a round",
    async (stage) => {
      const lock = await stage.timed({ ...brisk, ...fenced }).lock();
      stage.at(0).inject(hung, withFence);
      const failing = rejection(lock.extend());
      await stage.clock.advance(DEADLINE);
      isA(await failing, ExtendFailedError);
      await lock.extend();
      ok(lock.remaining() > calm.expiry - DEADLINE, "it was extended");
      stage.mend();
      await stage.forget([0], `{${stage.name}}:fence`);
      await lock.extend();
      same(await stage.fences(), [tokenOf(lock)], "the fence is mended");
      same(await lock.unlock(), "released");
    },
  ),
];
