import type { RedisNode } from "@redsync/core";
import { ok, same } from "../assert.ts";
import { errorReply, faulty, hung } from "../fixture/faults.ts";
import { countOfCommands, injectAll } from "../fixture/faulty-nodes.ts";
import { queueOf } from "../fixture/keys.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { asking, beginning } from "../fixture/matches.ts";
import { OTHERS_EXPIRY } from "../fixture/tampering.ts";
import { areInLine, forCalls, inLine, lockEverywhere, patient, processes } from "../fixture/waiters.ts";
import type { Case } from "../harness.ts";

/** A node whose calls are lost: the server counts a listener, which hears nothing. */
const deaf = (node: RedisNode) =>
  faulty({
    ...node,
    ...(node.subscribe && {
      subscribe: (channel: string) => node.subscribe?.(channel, () => {}) as Promise<() => Promise<void>>,
    }),
  });

/** A node that lets nobody listen. */
const mute = (node: RedisNode) =>
  faulty({
    ...node,
    subscribe: async () => {
      throw new Error("NOPERM No permissions to access a channel");
    },
  });

/** A queue on nodes that are not as they should be. */
export const queueTroubles: readonly Case[] = [
  ...lockCase(
    "queue: nodes that refuse its key are used without it",
    { nodes: [1, 3], faults: true, needs: forCalls },
    async (fixture) => {
      const isAboutQueue = asking(({ queue }) => queue !== undefined);
      const refusal = "NOPERM this user has no permissions to access one of the keys used as arguments";
      injectAll(fixture.nodes, errorReply(refusal), isAboutQueue);
      const mutex = fixture.timed({ ...patient, retryDelay: 100 });
      same(await (await mutex.lock()).unlock(), "released");
      const held = await fixture.mutex().lock();
      const locking = mutex.lock();
      await fixture.clock.advance(500);
      same(await held.unlock(), "released");
      same(await (await fixture.clock.pass(locking)).unlock(), "released");
      await fixture.settled();
      const refused = countOfCommands(fixture.nodes, isAboutQueue);
      ok(refused <= 3 * fixture.nodes.length, `commands with a queue: ${refused}`);
      same(countOfCommands(fixture.nodes, beginning("EVAL")), 0, "what is sent by its text");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: a key of another type in its place changes nothing",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const queue = queueOf(fixture.name);
      await Promise.all(
        fixture.nodes.map((_, node) =>
          fixture.tampering.send(node, "SET", queue, "the user's", "PX", `${OTHERS_EXPIRY}`),
        ),
      );
      const mutex = fixture.mutex({ tries: 1_000 });
      const held = await lockEverywhere(fixture, mutex);
      const waits = Array.from({ length: 3 }, () => fixture.mutex({ tries: 1_000 }).lock());
      same(await held.unlock(), "released");
      for (const locking of waits) locking.then((lock) => lock.unlock());
      await Promise.all(waits);
      await fixture.settled();
      same(await fixture.keys.values(queue), fixture.each("the user's"));
      same(await fixture.keys.values(), fixture.each(null));
      await Promise.all(fixture.nodes.map((_, node) => fixture.tampering.send(node, "DEL", queue)));
    },
  ),

  ...lockCase(
    "queue: a node that answers nobody holds nobody up",
    { nodes: 3, faults: true, needs: forCalls },
    async (fixture) => {
      fixture.at(2).inject(hung);
      const held = await fixture.timed().lock();
      const mutexes = processes(fixture, 3);
      const served: number[] = [];
      const all: Promise<void>[] = [];
      for (const [index, mutex] of mutexes.entries()) {
        const serve = async () => {
          const lock = await mutex.lock();
          served.push(index);
          same(await lock.unlock(), "released");
        };
        all.push(serve());
        await areInLine(fixture, index + 1, [0, 1]);
      }
      same(await held.unlock(), "released");
      await Promise.all(all);
      same(served, [0, 1, 2]);
    },
  ),

  ...lockCase(
    "queue: a waiter whose calls are lost comes by itself for what is kept for it",
    { nodes: [1, 3], faults: true, needs: forCalls, dress: deaf },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      const [wait] = await inLine(fixture, processes(fixture, 1));
      await fixture.clock.advance(0);
      same(await held.unlock(), "released");
      await fixture.settled();
      // A quarter of an expiry.
      await fixture.clock.advance(5_000);
      same(await (await wait?.locking)?.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: where nobody may listen, whoever waits polls",
    { nodes: [1, 3], faults: true, needs: ["lines"], dress: mute },
    async (fixture) => {
      const held = await lockEverywhere(fixture, fixture.mutex());
      const locking = fixture.timed({ ...patient, retryDelay: 300 }).lock();
      await fixture.clock.advance(2_000);
      same(await held.unlock(), "released");
      await fixture.clock.advance(300);
      same(await (await locking).unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),
];
