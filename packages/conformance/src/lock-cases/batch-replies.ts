import { LockFailedError, type NodeError, type RedisNode, type Reply } from "@redsync/core";
import { isA, matches, ok, rejection, same, whereIn } from "../assert.ts";
import { failureFrom } from "../failed-attempts.ts";
import { type Fault, type FaultyNode, hung, replyLost } from "../fixture/faults.ts";
import { commandsFor, countOfCommands, injectAll, mendAll, together } from "../fixture/faulty-nodes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling, first } from "../fixture/matches.ts";
import { EXPIRY_20S, expiry20sRound1s } from "../fixture/timings.ts";
import { lockEverywhere } from "../fixture/waiters.ts";
import type { Case } from "../harness.ts";

/** Has the node answer with something else than it did. */
const answering =
  (change: (reply: readonly Reply[]) => Reply): Fault =>
  async (deliver) =>
    change((await deliver()) as readonly Reply[]);

const wrongReplies: readonly ((reply: readonly Reply[]) => Reply)[] = [
  (reply) => reply.slice(1),
  (reply) => [...reply, 1],
  () => [],
  () => null,
  () => 1,
  () => "OK",
  ([first = null, ...rest]) => [[first], ...rest],
  (reply) => [...reply.slice(0, -1), null],
];

/** The reply to a command with several questions: what it says of each, and what it does not say. */
export const batchReplies: readonly Case[] = [
  ...lockCase(
    "an error concerns its own name alone: those beside it in the command are locked",
    { nodes: [1, 3], needs: ["batches"] },
    async (fixture) => {
      const [free, odd, other] = fixture.sharing(3) as [string, string, string];
      await Promise.all(
        fixture.nodes.map((_, node) => fixture.tampering.about(odd, node, "RPUSH", odd, "item")),
      );
      const redsync = fixture.redsync({ expiry: EXPIRY_20S, timeoutFactor: 0.5, tries: 1 });
      const [first, error, last] = await Promise.all([
        redsync.mutex(free).lock(),
        failureFrom(redsync.mutex(odd).lock()),
        redsync.mutex(other).lock(),
      ]);
      same(countOfCommands(fixture.nodes, calling("acquire")), commandsFor(fixture, 3), "commands to lock");
      same(
        error.outcomes.map(({ name, status }) => [name, status]),
        fixture.each([odd, "failed"]),
      );
      matches(error.message, /node 0: refused: -?WRONGTYPE /);
      for (const lock of [first, last]) {
        same(await fixture.keys.values(lock.name), fixture.each(lock.value));
        same(await lock.unlock(), "released");
      }
      await fixture.tampering.forget({ name: odd });
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "a reply with another number of answers than questions says nothing about any of them",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      for (const change of wrongReplies) {
        const redsync = fixture.redsync({ expiry: EXPIRY_20S, timeoutFactor: 0.5, tries: 1 });
        injectAll(fixture.nodes, answering(change), calling("acquire"));
        const errors = await Promise.all(
          fixture.sharing(3).map((name) => failureFrom(redsync.mutex(name).lock())),
        );
        for (const { outcomes, message } of errors) {
          same(
            outcomes.map(({ status }) => status),
            fixture.each("unknown"),
          );
          matches(message, /node 0: no answer: unknown (?:reply|answer)/);
        }
        mendAll(fixture.nodes);
        await fixture.hasNoKeyLeft();
      }
    },
  ),

  ...lockCase(
    "a lost reply leaves nothing of any lock in its command: each owner undoes its own",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const names = fixture.sharing(5);
      const [name = ""] = names;
      const kept = await lockEverywhere(fixture, fixture.rival({}, name), name);
      injectAll(fixture.nodes, replyLost, calling("acquire"));
      const redsync = fixture.redsync({ expiry: EXPIRY_20S, timeoutFactor: 0.5, tries: 1 });
      for (const error of await Promise.all(names.map((name) => failureFrom(redsync.mutex(name).lock()))))
        same(
          error.outcomes.map(({ status }) => status),
          fixture.each("unknown"),
        );
      await fixture.settled();
      same(await fixture.keys.values(kept.name), fixture.each(kept.value), "what somebody else holds");
      same(await kept.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...(() => {
    const signals: AbortSignal[] = [];
    /** A client that listens to the signal of every command. */
    const listening = (node: RedisNode): FaultyNode => {
      const inner = together(node);
      return {
        ...inner,
        node: {
          ...inner.node,
          send(command, options) {
            if (options?.signal) signals.push(options.signal);
            return inner.node.send(command, options);
          },
        },
      };
    };
    return lockCase(
      "a client is told to stop only when nobody waits for any answer of its command",
      { nodes: 1, faults: true, dress: listening, needs: ["batches"] },
      async (fixture) => {
        signals.length = 0;
        const [a, b] = fixture.sharing(2) as [string, string];
        fixture.at(0).inject(hung, first(calling("acquire")));
        const redsync = fixture.redsync({ ...expiry20sRound1s, tries: 1 }, fixture.clock);
        const longer = { expiry: 2 * EXPIRY_20S };
        const failing = Promise.all([
          failureFrom(redsync.mutex(a).lock()),
          failureFrom(redsync.mutex(b, longer).lock()),
        ]);
        await fixture.clock.advance(EXPIRY_20S);
        const signal = signals[0];
        same(signal?.aborted, false, "one of them has given up");
        await fixture.clock.advance(EXPIRY_20S);
        same(signal?.aborted, true, "both have");
        await failing;
      },
    );
  })(),

  ...lockCase(
    "the error of a command with 100 locks has none of their values, however deep one looks",
    { nodes: 1, faults: true, dress: together, needs: ["batches"] },
    async (fixture) => {
      const node = fixture.at(0);
      const values: string[] = [];
      const generateValue = () => {
        values.push(crypto.randomUUID());
        return values.at(-1) as string;
      };
      const fault: Fault = async () => {
        const command = node.sent.at(-1) ?? [];
        throw Object.assign(new Error(`cannot send ${command.slice(102).join(" ")}`), {
          command: { args: command },
          cause: Object.assign(new Error(JSON.stringify(command.slice(102))), { args: [command] }),
        });
      };
      node.inject(fault, calling("acquire"));
      const redsync = fixture.redsync({ expiry: EXPIRY_20S, timeoutFactor: 0.5, tries: 1, generateValue });
      const locking = fixture.sharing(100).map((name) => rejection(redsync.mutex(name).lock()));
      const errors = await Promise.all(locking);
      same(values.length, 100);
      for (const error of errors) {
        isA(error, LockFailedError);
        matches(error.message, /node 0: no answer: cannot send .*\[value\]/);
        for (let each: unknown = error; each !== undefined; each = (each as NodeError).cause) {
          const shown = JSON.stringify(each) + (each as Error).stack;
          for (const value of values) {
            ok(!shown.includes(value.slice(0, 8)), "what is shown has no value");
            same(whereIn(each, value), undefined, "where a value is");
          }
        }
      }
      mendAll(fixture.nodes);
      await fixture.hasNoKeyLeft();
    },
  ),
];
