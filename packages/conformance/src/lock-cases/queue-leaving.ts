import { LockTakenError } from "@redsync/core";
import { isA, rejection, same, until } from "../assert.ts";
import { gatesAt } from "../fixture/gates.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { asking } from "../fixture/matches.ts";
import { EXPIRY_20S } from "../fixture/timings.ts";
import {
  areInLine,
  enterStranger,
  forCalls,
  inLine,
  lockEverywhere,
  patient,
  processes,
  strangerOf,
} from "../fixture/waiters.ts";
import type { Case } from "../harness.ts";

/** Who waits no longer, and what that leaves behind: nothing, and the next one is called. */
export const queueLeaving: readonly Case[] = [
  ...lockCase(
    "queue: a waiter that is aborted leaves it on every node, and the next one is called",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      const controller = new AbortController();
      const [first, second] = await inLine(fixture, processes(fixture, 2), [{ signal: controller.signal }]);
      controller.abort("enough");
      same(await rejection(first?.locking as Promise<unknown>), "enough");
      await areInLine(fixture, 1);
      await held.unlock();
      same(await (await second?.locking)?.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: a waiter that is aborted when the name is kept for it passes that on",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      const controller = new AbortController();
      const [first, second] = await inLine(fixture, processes(fixture, 2), [{ signal: controller.signal }]);
      const unlocking = held.unlock();
      controller.abort("enough");
      same(await rejection(first?.locking as Promise<unknown>), "enough");
      same(await unlocking, "released");
      same(await (await second?.locking)?.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: a waiter whose timeout has passed leaves it, and the next one is called",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      const [first, second] = await inLine(fixture, processes(fixture, 2), [{ timeout: 1_000 }]);
      const failing = rejection(first?.locking as Promise<unknown>);
      await fixture.clock.advance(1_000);
      isA(await failing, LockTakenError);
      await areInLine(fixture, 1);
      await held.unlock();
      same(await (await second?.locking)?.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: a waiter whose tries are spent leaves it",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      const [first] = await inLine(fixture, [fixture.timed({ tries: 3, retryDelay: 1_000 })]);
      const failing = rejection(first?.locking as Promise<unknown>);
      await fixture.clock.advance(2_000);
      isA(await failing, LockTakenError);
      await fixture.settled();
      await fixture.hasNoWaiterLeft();
      same(await held.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: a waiter that a node hears of only when its wait is over is taken out again",
    { nodes: [1, 3], faults: true, needs: forCalls },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      const gates = gatesAt(
        fixture.nodes,
        "delivery",
        asking(({ entry }) => entry !== undefined),
      );
      const controller = new AbortController();
      const locking = fixture.timed(patient).lock({ signal: controller.signal });
      const failing = rejection(locking);
      // The last node may not be able to call it yet.
      await Promise.race(gates.map(({ reached }) => reached));
      controller.abort("enough");
      same(await failing, "enough");
      await Promise.all(gates.map((gate) => gate.release()));
      await fixture.settled();
      await fixture.hasNoWaiterLeft();
      same(await held.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: a waiter whose process is dead is passed over",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const held = await lockEverywhere(fixture);
      await enterStranger(fixture, strangerOf(fixture, "c", EXPIRY_20S), EXPIRY_20S);
      const [live] = await inLine(fixture, processes(fixture, 1), [], 1);
      same(await held.unlock(), "released");
      same(await (await live?.locking)?.unlock(), "released");
      await fixture.hasNoKeyLeft();
    },
  ),

  ...lockCase(
    "queue: the channel is left a minute after the last wait, and the user's own stays",
    { nodes: [1, 3], needs: forCalls },
    async (fixture) => {
      const heard: string[] = [];
      const { name } = fixture;
      const leaving = await Promise.all(
        fixture.nodes.map(({ node }) => node.subscribe?.(name, (message) => heard.push(message))),
      );
      const held = await lockEverywhere(fixture);
      const [wait] = await inLine(fixture, processes(fixture, 1));
      const [, address] = /^~[cu]([^:]*):/.exec((await fixture.keys.waiters())[0]?.[0] ?? "") ?? [];
      const channel = `redsync:${address}`;
      const publish = (node: number, to: string, message: string) =>
        fixture.tampering.about(to, node, "PUBLISH", to, message);
      // A server of a Cluster counts its own listeners alone.
      if (!fixture.at(0).node.slots)
        same(await publish(0, channel, "~cnobody:1:1:x"), 1, "who hears the channel");
      await held.unlock();
      await (await wait?.locking)?.unlock();
      await fixture.clock.advance(61_000);
      await until("the channel is left", async () => (await publish(0, channel, "~cnobody:1:1:x")) === 0);
      for (const node of fixture.nodes.keys()) await publish(node, name, `${node}`);
      await until("the user hears what is theirs", () => heard.length === fixture.nodes.length);
      same(
        [...heard].sort(),
        fixture.nodes.map((_, node) => `${node}`),
      );
      await Promise.all(leaving.map((leave) => leave?.()));
      await fixture.hasNoKeyLeft();
    },
  ),
];
