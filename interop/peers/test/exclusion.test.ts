import { setTimeout } from "node:timers/promises";
import { LockLostError, LockTakenError, type Redsync } from "@redsync/core";
import { House, LONG } from "@redsync/interop/house";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXPIRY, EXTENDED, type Held, type Locks, poll } from "../src/peer.ts";
import { peers } from "../src/peers.ts";

let drawn = 0;

describe.each(peers)("$title", (peer) => {
  describe.each(peer.nodes)("nodes: %d", (nodes) => {
    let house: House;
    let ours: Redsync;
    let theirs: Locks;
    beforeAll(async () => {
      house = await House.open(nodes);
      ours = house.redsync();
      theirs = await peer.open(house.ports);
    });
    afterAll(async () => {
      await theirs.close();
      await house[Symbol.asyncDispose]();
    });

    /** A name as the peer has it, and as we have it. */
    const draw = () => {
      const name = `счёт:${++drawn} 🔒`;
      return { their: name, our: peer.prefix + name };
    };

    /** Has the peer lock a name that is free, on every node. */
    const take = async ({ their, our }: ReturnType<typeof draw>) => {
      const held = (await theirs.tryLock(their)) as Held;
      expect(held).not.toBeNull();
      // What it does not wait for comes a little later.
      await expect.poll(() => house.ask("EXISTS", our)).toEqual(house.ports.map(() => 1));
      const [value] = await house.ask("GET", our);
      expect(value).toMatch(peer.value);
      return { held, value: String(value) };
    };

    /** The name is lost, as if it had expired, while its holder still counts on it. */
    const lose = async (name: string) => {
      await ours.settled();
      expect(await house.ask("DEL", name)).toEqual(house.ports.map(() => 1));
    };

    /** Every node has this value, with no more time than it was given first. */
    const expectUntouched = async (name: string, value: string, expiry: number) => {
      await ours.settled();
      expect(await house.ask("GET", name)).toEqual(house.ports.map(() => value));
      for (const left of await house.ask("PTTL", name)) expect(left).toBeLessThanOrEqual(expiry);
    };

    it("what it holds is taken for us until it releases it", async () => {
      const name = draw();
      const { held, value } = await take(name);
      const mutex = ours.mutex(name.our);
      expect(await mutex.tryLock()).toBeNull();
      await expect(mutex.lock({ timeout: 0 })).rejects.toBeInstanceOf(LockTakenError);
      await house.expectHeld(name.our, value, EXPIRY / 2);

      const waiting = mutex.lock();
      expect(await held.release()).not.toBe(false);
      const lock = await waiting;
      await lock.verify();
      expect(await lock.unlock()).toBe("released");
      await house.expectFree(name.our);
    });

    it("what we hold is taken for it until we unlock it", async () => {
      const { their, our } = draw();
      const lock = await ours.mutex(our).lock();
      expect(await theirs.tryLock(their)).toBeNull();
      await lock.verify();
      await house.expectHeld(our, lock.value, LONG / 2);

      const waiting = poll(theirs, their);
      expect(await lock.unlock()).toBe("released");
      const held = await waiting;
      expect(await ours.mutex(our).tryLock()).toBeNull();
      expect(await held.release()).not.toBe(false);
      await house.expectFree(our);
    });

    it("a name that is kept for a waiter of ours is taken for it until it is passed on", async () => {
      const { their, our } = draw();
      const leave = await house.keepFor(our, await ours.mutex(our).lock());
      expect(await theirs.tryLock(their)).toBeNull();
      const waiting = poll(theirs, their);
      await leave();
      expect(await (await waiting).release()).not.toBe(false);
    });

    it("our late extension and unlock leave its lock alone", async () => {
      const name = draw();
      const lock = await ours.mutex(name.our, { expiry: EXTENDED }).lock();
      await lose(name.our);
      const { held, value } = await take(name);
      await expect(lock.extend()).rejects.toMatchObject({ code: "REDSYNC_LOCK_LOST", reason: "taken" });
      expect(await lock.unlock()).toBe("taken");
      await expectUntouched(name.our, value, EXPIRY);
      expect(await held.release()).not.toBe(false);
    });

    it("its late extension and release leave our lock alone", async () => {
      const name = draw();
      const { held } = await take(name);
      await lose(name.our);
      const lock = await ours.mutex(name.our).lock();
      await ours.settled();
      expect(await held.extend()).toBe(false);
      expect(await held.release()).not.toBe(true);
      await expectUntouched(name.our, lock.value, LONG);
      expect(await lock.unlock()).toBe("released");
    });

    it("no extension brings back a lock that is gone", async () => {
      const name = draw();
      const lock = await ours.mutex(name.our).lock();
      await lose(name.our);
      await expect(lock.extend()).rejects.toBeInstanceOf(LockLostError);
      await ours.settled();
      await house.expectFree(name.our);

      const { held } = await take(name);
      await lose(name.our);
      expect(await held.extend()).toBe(false);
      await house.expectFree(name.our);
    });

    it("on a busy name, with fair false, both have their turns and never overlap", async () => {
      const { their, our } = draw();
      const mutex = ours.mutex(our, { fair: false, retryDelay: () => 5 + 10 * Math.random() });
      const turns = { ours: 0, theirs: 0 };
      let inside = 0;
      let overlaps = 0;
      const enter = async (whose: keyof typeof turns) => {
        if (++inside > 1) overlaps++;
        await setTimeout(1);
        turns[whose]++;
        inside--;
      };
      const repeat = async (turn: () => Promise<unknown>) => {
        while (Math.min(turns.ours, turns.theirs) < 10) await turn();
      };
      const ourTurn = () => mutex.using(() => enter("ours"));
      const theirTurn = async () => {
        const held = await poll(theirs, their);
        await enter("theirs");
        await held.release();
      };
      await Promise.all([ourTurn, theirTurn, ourTurn, theirTurn].map(repeat));
      expect(overlaps).toBe(0);
    });

    if (!peer.several) return;
    it("of several names in one lock, one that is taken refuses all", async () => {
      const [first, shared, last] = [draw(), draw(), draw()];
      const mutex = ours.mutex([shared.our, last.our]);
      const held = await theirs.tryLock(first.their, shared.their);
      expect(await mutex.tryLock()).toBeNull();
      await house.expectFree(last.our);
      expect(await held?.release()).toBe(true);

      const lock = await mutex.lock();
      expect(await theirs.tryLock(first.their, shared.their)).toBeNull();
      await house.expectFree(first.our);
      expect(await lock.unlock()).toBe("released");
    });
  });
});
