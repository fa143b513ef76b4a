import { startProxy } from "@redsync/conformance/servers";
import { LockLostError, type Redsync } from "@redsync/core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { House, LONG } from "../src/house.ts";
import { Peer, type PeerMutex, type PeerOptions } from "../src/peer.ts";
import { describeWith } from "./describe-with.ts";

/** An expiry of Go's that a test waits for. Its rounds may take a twentieth of that, and are tried again. */
const SHORT = 1_000;
/** The same of ours, where all of it but a moment is for one round: also where a node stands still for 2 s. */
const ourShort = { expiry: 3_000, timeoutFactor: 0.9 };

let drawn = 0;
const draw = () => `limits:${++drawn}`;

describeWith(inject("go"), "go-redsync and the end of a lock", (go) => {
  let house: House;
  let ours: Redsync;
  let peer: Peer;
  beforeAll(async () => {
    house = await House.open(3);
    ours = house.redsync();
    peer = new Peer(go, { client: "rueidis", ports: house.ports });
  });
  afterAll(async () => {
    await peer[Symbol.asyncDispose]();
    await house[Symbol.asyncDispose]();
  });

  const theirsOf = (name: string, options: PeerOptions = {}): PeerMutex =>
    peer.mutex(name, { expiry: LONG, tries: 1_000, ...options });

  it("an expired lock of Go's is ours to take, and Go's late Unlock and Extend leave it to us", async () => {
    const name = draw();
    const theirs = theirsOf(name, { expiry: SHORT });
    expect(await theirs.lock()).toMatchObject({ ok: true });
    const lock = await ours.mutex(name).lock();

    expect(await theirs.unlock()).toMatchObject({ ok: false, error: "taken" });
    expect(await theirs.extend()).toMatchObject({ ok: false, error: "taken" });
    await lock.verify();
    expect(await lock.unlock()).toBe("released");
    expect(await theirs.unlock()).toMatchObject({ ok: false, error: "expired" });
    expect(await theirs.extend()).toMatchObject({ ok: false, error: "taken" });
  });

  it("an expired lock of ours is Go's to take, and our late unlock() and extend() leave it to Go", async () => {
    const name = draw();
    const lock = await ours.mutex(name, ourShort).lock();
    const theirs = theirsOf(name);
    expect(await theirs.lock()).toMatchObject({ ok: true });

    expect(lock.remaining()).toBe(0);
    await expect(lock.extend()).rejects.toMatchObject({ reason: "expired" });
    expect(await lock.unlock()).toBe("taken");
    expect(await theirs.valid()).toMatchObject({ ok: true });
    expect(await theirs.unlock()).toMatchObject({ ok: true });
  });

  it("each side's lock ends by the expiry that its holder has asked for, whatever the other's is", async () => {
    const name = draw();
    const theirs = theirsOf(name, { expiry: 10 * LONG });
    const { value } = await theirs.lock();
    expect(await ours.mutex(name).tryLock()).toBeNull();
    await house.expectHeld(name, value, 5 * LONG);
    await theirs.unlock();
  });

  it("both count the drift off the end: Until and until lie the same way before the keys' own", async () => {
    const name = draw();
    const before = Date.now();
    const theirs = peer.mutex(name);
    const { until } = await theirs.lock();
    await theirs.unlock();
    const between = Date.now();
    const lock = await ours.mutex(name, { expiry: 8_000 }).lock();
    await lock.unlock();
    const after = Date.now();

    expect(until).toBeGreaterThanOrEqual(before + 7_920 - 1);
    expect(until).toBeLessThanOrEqual(between + 7_920);
    expect(lock.until.getTime()).toBeGreaterThanOrEqual(between + 7_918 - 1);
    expect(lock.until.getTime()).toBeLessThanOrEqual(after + 7_918);
  });

  it("WithSetNXOnExtend: Go's Extend of an expired lock succeeds although we held it in between", async () => {
    const name = draw();
    // What it takes again we are to find.
    const theirs = theirsOf(name, { expiry: 3 * SHORT, setNXOnExtend: true });
    const { value } = await theirs.lock();
    const lock = await ours.mutex(name).lock();

    expect(await theirs.extend()).toMatchObject({ ok: false, error: "taken" });
    await lock.verify();
    expect(await lock.unlock()).toBe("released");
    expect(await theirs.extend()).toMatchObject({ ok: true, value });
    expect(await ours.mutex(name).tryLock()).toBeNull();
    await theirs.unlock();
  });

  it("WithSetNXOnExtend: Go's Extend takes a name again that Go itself has unlocked", async () => {
    const name = draw();
    const theirs = theirsOf(name, { setNXOnExtend: true });
    const { value } = await theirs.lock();
    await theirs.unlock();
    await house.expectFree(name);

    expect(await theirs.extend()).toMatchObject({ ok: true });
    await house.expectHeld(name, value);
    await theirs.unlock();
  });

  it("a giver in Go must leave the lock alone: its Unlock takes it from us", async () => {
    const name = draw();
    const theirs = theirsOf(name);
    const { value } = await theirs.lock();
    const adopted = await ours.mutex(name).adopt(value);

    expect(await theirs.unlock()).toMatchObject({ ok: true });
    await expect(adopted.verify()).rejects.toBeInstanceOf(LockLostError);
  });

  it("the order of the nodes does not matter", async () => {
    const name = draw();
    const reversed = house.redsync(house.ports.toReversed());
    const theirs = theirsOf(name);
    await theirs.lock();
    expect(await reversed.mutex(name).tryLock()).toBeNull();
    await theirs.unlock();
  });

  it("the list of the nodes does: with another list on each side, both hold the name at once", async () => {
    const name = draw();
    const fewer = house.redsync(house.ports.slice(0, 1));
    const lock = await fewer.mutex(name).lock();
    const theirs = theirsOf(name);
    expect(await theirs.lock()).toMatchObject({ ok: true });
    await lock.verify();
    expect(await theirs.valid()).toMatchObject({ ok: true });
    await theirs.unlock();
    await lock.unlock();
  });

  it("a client's key prefix is a part of the name", async () => {
    const name = draw();
    const prefixed = house.redsync(house.ports, "app:");
    const theirs = theirsOf(`app:${name}`);
    await theirs.lock();
    expect(await prefixed.mutex(name).tryLock()).toBeNull();
    await theirs.unlock();
  });

  it("with one node of three lost they exclude each other on the other two", async () => {
    const name = draw();
    await house.servers[1]?.kill();
    try {
      const theirs = theirsOf(name);
      // Nobody waits for the one that is lost.
      const mutex = ours.mutex(name);
      expect(await theirs.lock()).toMatchObject({ ok: true });
      expect(await mutex.tryLock()).toBeNull();
      const waiting = mutex.lock();
      expect(await theirs.unlock()).toMatchObject({ ok: true });
      const lock = await waiting;
      expect(await theirsOf(name).tryLock()).toMatchObject({ ok: false, error: "taken" });
      expect(await lock.unlock()).toBe("released");
    } finally {
      await house.servers[1]?.restart();
    }
  });
});

describeWith(inject("go"), "go-redsync on a node whose replies are late", (go) => {
  it("a Lock whose context ends in the middle of an attempt may leave its key, with its expiry", async () => {
    await using house = await House.open(1);
    await using proxy = await startProxy({ port: house.ports[0] as number });
    await using peer = new Peer(go, { client: "go-redis", ports: [proxy.port] });
    const name = draw();
    // So long an expiry that the attempt does not end by itself.
    const theirs = peer.mutex(name, { expiry: 60_000 });
    // Its client has a connection from now on.
    expect(await theirs.lock()).toMatchObject({ ok: true });
    expect(await theirs.unlock()).toMatchObject({ ok: true });

    proxy.pause("replies");
    const locking = theirs.lock();
    await expect.poll(() => house.ask("EXISTS", name), { interval: 5 }).toEqual([1]);
    await theirs.cancel();
    // go-redis looks at the context when a command has failed.
    proxy.cut();
    expect(await locking).toMatchObject({ ok: false, error: "failed" });
    proxy.resume();
    expect(await house.redsync().mutex(name).tryLock()).toBeNull();
    const [left] = await house.ask("PTTL", name);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(60_000);
  });
});
