import type { Redsync } from "@redsync/core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { House, LONG } from "../src/house.ts";
import { Peer } from "../src/peer.ts";
import { describeWith } from "./describe-with.ts";

/** Expiries that a test waits for; of ours, all but a moment is for one round, also where the node stands still for 2 s. */
const SHORT = 1_000;
const ourShort = { expiry: 3_000, timeoutFactor: 0.9 };

let drawn = 0;
const draw = () => `счёт:${++drawn} 🔒`;

describeWith(inject("python"), "the Lock of Python's redis on one node", (python) => {
  let house: House;
  let ours: Redsync;
  let peer: Peer;
  beforeAll(async () => {
    house = await House.open(1);
    ours = house.redsync();
    peer = new Peer(python, { ports: house.ports });
  });
  afterAll(async () => {
    await peer[Symbol.asyncDispose]();
    await house[Symbol.asyncDispose]();
  });

  it("what Python holds is taken for us until Python releases it; its token is our value", async () => {
    const name = draw();
    const theirs = peer.mutex(name, { expiry: LONG });
    const { ok, value } = await theirs.lock();
    expect(ok).toBe(true);
    expect(value).toMatch(/^[0-9a-f]{32}$/);
    await house.expectHeld(name, value, LONG / 2);

    expect(await ours.mutex(name).tryLock()).toBeNull();
    const waiting = ours.mutex(name).lock();
    expect(await theirs.unlock()).toMatchObject({ ok: true });
    expect(await (await waiting).unlock()).toBe("released");
    await house.expectFree(name);
  });

  it("what we hold is taken for Python until we unlock it", async () => {
    const name = draw();
    const lock = await ours.mutex(name).lock();
    const theirs = peer.mutex(name, { expiry: LONG });
    expect(await theirs.tryLock()).toMatchObject({ ok: false });
    await lock.verify();

    const waiting = theirs.lock();
    expect(await lock.unlock()).toBe("released");
    expect(await waiting).toMatchObject({ ok: true });
    expect(await theirs.unlock()).toMatchObject({ ok: true });
  });

  it("a name that is kept for a waiter of ours is taken for Python until it is passed on", async () => {
    const name = draw();
    const lock = await ours.mutex(name).lock();
    const leave = await house.keepFor(name, lock);
    const theirs = peer.mutex(name, { expiry: LONG });
    expect(await theirs.tryLock()).toMatchObject({ ok: false });
    const waiting = theirs.lock();
    await leave();
    expect(await waiting).toMatchObject({ ok: true });
    expect(await theirs.unlock()).toMatchObject({ ok: true });
  });

  it("we extend and unlock what Python has locked, with our own expiry", async () => {
    const name = draw();
    const theirs = peer.mutex(name, { expiry: LONG });
    const { value } = await theirs.lock();
    const adopted = await ours.mutex(name, { expiry: 10 * LONG }).adopt(value);
    await house.expectHeld(name, value, 5 * LONG);
    await adopted.extend();
    expect(await theirs.valid()).toMatchObject({ ok: true });

    expect(await adopted.unlock()).toBe("released");
    await house.expectFree(name);
    expect(await theirs.unlock()).toMatchObject({ ok: false, error: "taken" });
  });

  it("Python extends and releases what we have locked, where lock.local.token is set to our value", async () => {
    const name = draw();
    const lock = await ours.mutex(name).lock();
    lock.handOver();
    const heir = peer.mutex(name, { value: lock.value, expiry: 10 * LONG });
    expect(await heir.extend()).toMatchObject({ ok: true });
    await house.expectHeld(name, lock.value, 5 * LONG);
    expect(await heir.unlock()).toMatchObject({ ok: true });
    await house.expectFree(name);
  });

  it("a late release of Python's fails and leaves our lock alone, and ours leaves Python's", async () => {
    const name = draw();
    const theirs = peer.mutex(name, { expiry: SHORT });
    await theirs.lock();
    const lock = await ours.mutex(name).lock();
    expect(await theirs.unlock()).toMatchObject({ ok: false, error: "taken" });
    await lock.verify();
    expect(await lock.unlock()).toBe("released");

    const late = await ours.mutex(name, ourShort).lock();
    const next = peer.mutex(name, { expiry: LONG });
    expect(await next.lock()).toMatchObject({ ok: true });
    expect(await late.unlock()).toBe("taken");
    expect(await next.valid()).toMatchObject({ ok: true });
    await next.unlock();
  });

  it("a Lock without a timeout never expires", async () => {
    const name = draw();
    const theirs = peer.mutex(name);
    const { value } = await theirs.lock();
    expect(await house.ask("PTTL", name)).toEqual([-1]);
    // Whoever takes it over gives it an end.
    const adopted = await ours.mutex(name).adopt(value);
    await house.expectHeld(name, value, LONG / 2);
    await adopted.unlock();
  });
});
