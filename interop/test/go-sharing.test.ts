import { LockLostError, type Redsync } from "@redsync/core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { House, LONG } from "../src/house.ts";
import { Peer, type PeerMutex, type PeerOptions } from "../src/peer.ts";
import { describeWith } from "./describe-with.ts";

let drawn = 0;
/** A name is the key, byte for byte, in both languages. */
const draw = () => `счёт:${++drawn} 🔒`;
const GO_MAKES_SUCH_VALUES = /^[A-Za-z0-9+/]{22}==$/;
const WE_MAKE_SUCH_VALUES = /^@\/[A-Za-z0-9+/]{22}==$/;

describeWith(inject("go"), "go-redsync", (go) => {
  describe.each(["go-redis", "redigo", "rueidis", "valkey-go"])("over %s", (client) => {
    describe.each([1, 3])("nodes: %d", (nodes) => {
      let house: House;
      let ours: Redsync;
      let peer: Peer;
      beforeAll(async () => {
        house = await House.open(nodes);
        ours = house.redsync();
        peer = new Peer(go, { client, ports: house.ports });
      });
      afterAll(async () => {
        await peer[Symbol.asyncDispose]();
        await house[Symbol.asyncDispose]();
      });

      const theirsOf = (name: string, options: PeerOptions = {}): PeerMutex =>
        peer.mutex(name, { expiry: LONG, ...options });

      it("what Go holds is taken for us until Go unlocks it", async () => {
        const name = draw();
        const theirs = theirsOf(name);
        const { ok, value } = await theirs.lock();
        expect(ok).toBe(true);
        expect(value).toMatch(GO_MAKES_SUCH_VALUES);
        await house.expectHeld(name, value, LONG / 2);

        expect(await ours.mutex(name).tryLock()).toBeNull();
        await expect(ours.mutex(name).lock({ timeout: 0 })).rejects.toMatchObject({
          code: "REDSYNC_LOCK_TAKEN",
        });
        await house.expectHeld(name, value, LONG / 2);

        const waiting = ours.mutex(name).lock();
        expect(await theirs.unlock()).toMatchObject({ ok: true });
        const lock = await waiting;
        await house.expectHeld(name, lock.value, LONG / 2);
        expect(await lock.unlock()).toBe("released");
        await house.expectFree(name);
      });

      it("what we hold is taken for Go until we unlock it", async () => {
        const name = draw();
        const lock = await ours.mutex(name).lock();
        expect(lock.value).toMatch(WE_MAKE_SUCH_VALUES);

        expect(await theirsOf(name).tryLock()).toMatchObject({ ok: false, error: "taken" });
        await lock.verify();
        await house.expectHeld(name, lock.value, LONG / 2);

        const theirs = theirsOf(name);
        const waiting = theirs.lock();
        expect(await lock.unlock()).toBe("released");
        expect(await waiting).toMatchObject({ ok: true });
        expect(await theirs.unlock()).toMatchObject({ ok: true });
        await house.expectFree(name);
      });

      it("a name that is kept for a waiter of ours is taken for Go until it is passed on", async () => {
        const name = draw();
        const lock = await ours.mutex(name).lock();
        const leave = await house.keepFor(name, lock);
        expect(await theirsOf(name).tryLock()).toMatchObject({ ok: false, error: "taken" });
        const waiting = theirsOf(name).lock();
        await leave();
        expect(await waiting).toMatchObject({ ok: true });
        expect(await ours.mutex(name).tryLock()).toBeNull();
      });

      it("we extend and unlock what Go has locked, with our own expiry", async () => {
        const name = draw();
        const theirs = theirsOf(name);
        const { value } = await theirs.lock();

        const adopted = await ours.mutex(name, { expiry: 10 * LONG }).adopt(value);
        expect(adopted.remaining()).toBeGreaterThan(5 * LONG);
        await house.expectHeld(name, value, 5 * LONG);
        expect(await theirs.valid()).toMatchObject({ ok: true });
        await adopted.extend();

        expect(await adopted.unlock()).toBe("released");
        await house.expectFree(name);
        expect(await theirs.unlock()).toMatchObject({ ok: false, error: "expired" });
      });

      it("Go extends and unlocks what we have locked, with its own expiry", async () => {
        const name = draw();
        const lock = await ours.mutex(name).lock();
        lock.handOver();

        const heir = theirsOf(name, { value: lock.value, expiry: 10 * LONG });
        expect(await heir.valid()).toMatchObject({ ok: true, until: null });
        const { ok, until } = await heir.extend();
        expect(ok).toBe(true);
        expect(until).toBeGreaterThan(Date.now() + 5 * LONG);
        await lock[Symbol.asyncDispose]();
        await ours.settled();
        await house.expectHeld(name, lock.value, 5 * LONG);

        expect(await heir.unlock()).toMatchObject({ ok: true });
        await house.expectFree(name);
        await expect(lock.verify()).rejects.toBeInstanceOf(LockLostError);
      });

      it("a Go holder between two of ours with fencing: all exclude each other, and our tokens grow", async () => {
        const name = draw();
        const fenced = ours.mutex(name, { fencing: true });
        const before = await fenced.lock();
        expect(await theirsOf(name).tryLock()).toMatchObject({ ok: false, error: "taken" });
        expect(await before.unlock()).toBe("released");
        const fence = `{${name}}:fence`;
        const stored = await house.ask("GET", fence);

        const theirs = theirsOf(name);
        expect(await theirs.lock()).toMatchObject({ ok: true });
        // It knows nothing of fences, and leaves them alone.
        expect(await house.ask("GET", fence)).toEqual(stored);
        expect(await fenced.tryLock()).toBeNull();
        expect(await theirs.unlock()).toMatchObject({ ok: true });

        const after = await fenced.lock();
        expect(after.token).toBeGreaterThan(before.token);
        expect(await after.unlock()).toBe("released");
        await house.expectFree(name);
      });

      it("neither extends nor unlocks what the other holds", async () => {
        const name = draw();
        const theirs = theirsOf(name);
        const { value } = await theirs.lock();
        await expect(ours.mutex(name).adopt("not the value")).rejects.toMatchObject({ reason: "taken" });
        await house.expectHeld(name, value);
        await theirs.unlock();

        const lock = await ours.mutex(name).lock();
        const stranger = theirsOf(name, { value: "not the value" });
        expect(await stranger.valid()).toMatchObject({ ok: false });
        expect(await stranger.extend()).toMatchObject({ ok: false, error: "taken" });
        expect(await stranger.unlock()).toMatchObject({ ok: false, error: "taken" });
        await lock.verify();
        await lock.unlock();
      });
    });
  });
});
