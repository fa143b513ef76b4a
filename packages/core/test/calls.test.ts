import { describe, expect, it } from "vitest";
import type { RedisNode } from "../src/index.ts";
import { NodeHealth } from "../src/node-health.ts";
import { type Callee, Calls } from "../src/waiting/calls.ts";
import { HandClock } from "./hand-clock.ts";

/** A subscription as a client has it, which the test confirms, refuses or calls through. */
interface Asked {
  readonly channel: string;
  readonly confirm: () => void;
  readonly refuse: () => void;
  readonly call: (id: string) => void;
  isEnded: boolean;
}

/** A node whose subscriptions the test decides on. */
class Client implements RedisNode {
  readonly asked: Asked[] = [];

  async send(): Promise<never> {
    throw new Error("nothing is sent here");
  }

  subscribe(channel: string, call: (message: string) => void): Promise<() => Promise<void>> {
    return new Promise((resolve, reject) => {
      const end = async () => {
        asked.isEnded = true;
      };
      const asked: Asked = {
        channel,
        confirm: () => resolve(end),
        refuse: () => reject(new Error("NOPERM channels")),
        call,
        isEnded: false,
      };
      this.asked.push(asked);
    });
  }

  get last(): Asked {
    return this.asked.at(-1) as Asked;
  }
}

function opened(count: number) {
  const clock = new HandClock();
  const clients = Array.from({ length: count }, () => new Client());
  const calls = new Calls(
    clients.map((client, index) => new NodeHealth(client, index)),
    clock,
  );
  const asked = () => clients.map((client) => client.asked.length);
  return { clock, clients, calls, asked };
}

/** One that waits, and notes what it is told. */
function callee(isWanted = true) {
  const told: string[] = [];
  const one: Callee = {
    onCall(node, name) {
      told.push(`${node} ${name}`);
      return isWanted;
    },
    onReady: (_, isRenewed) => void told.push(isRenewed ? "ready again" : "ready"),
  };
  return { one, told };
}

describe("subscriptions", () => {
  it("are made at the first wait, one for each node, all of one channel", async () => {
    const { clock, clients, calls, asked } = opened(3);
    await clock.advance(1_000);
    expect(asked()).toEqual([0, 0, 0]);
    calls.begin();
    calls.begin();
    expect(asked()).toEqual([1, 1, 1]);
    for (const { last } of clients) last.confirm();
    await clock.advance(1_000);
    calls.begin();
    expect(asked()).toEqual([1, 1, 1]);
    expect(new Set(clients.map(({ last }) => last.channel))).toEqual(new Set([`redsync:${calls.address}`]));
    expect(calls.address).toMatch(/^[A-Za-z0-9]{10,}$/);
    expect(opened(1).calls.address).not.toBe(calls.address);
  });

  it("are ready, and say so, when a quorum is confirmed, and again for each that is late", async () => {
    const { clock, clients, calls } = opened(3);
    const { one, told } = callee();
    calls.expect(one);
    calls.begin();
    clients[1]?.last.confirm();
    await clock.advance(1);
    expect([calls.areReady, told]).toEqual([false, []]);
    clients[2]?.last.confirm();
    await clock.advance(1);
    expect([calls.areReady, told]).toEqual([true, ["ready"]]);
    clients[0]?.last.confirm();
    await clock.advance(1);
    expect(told).toEqual(["ready", "ready"]);
    expect([0, 1, 2, 3].map((node) => calls.canCall(node))).toEqual([true, true, true, false]);
  });

  it("that are refused are not asked for again for 10 s, and then at the next wait", async () => {
    const { clock, clients, calls, asked } = opened(2);
    calls.begin();
    clients[0]?.last.refuse();
    clients[1]?.last.confirm();
    await clock.advance(9_999);
    calls.begin();
    expect(asked()).toEqual([1, 1]);
    expect(calls.canCall(0)).toBe(false);
    await clock.advance(2);
    expect(asked()).toEqual([1, 1]);
    calls.begin();
    expect(asked()).toEqual([2, 1]);
  });

  it("may be refused by a client that throws", async () => {
    const { clock, clients, calls } = opened(1);
    let thrown = 0;
    Object.assign(clients[0] as Client, {
      subscribe() {
        thrown++;
        throw new Error("not connected");
      },
    });
    calls.begin();
    calls.begin();
    await clock.advance(10_000);
    calls.begin();
    expect(thrown).toBe(2);
  });

  it("are left after a minute without anybody who waits, and never before", async () => {
    const { clock, clients, calls, asked } = opened(1);
    const [client] = clients as [Client];
    calls.begin();
    calls.begin();
    client.last.confirm();
    calls.end();
    await clock.advance(300_000);
    expect(client.last.isEnded).toBe(false);
    calls.end();
    await clock.advance(59_000);
    calls.begin();
    await clock.advance(120_000);
    expect([client.last.isEnded, calls.areReady]).toEqual([false, true]);
    calls.end();
    expect([...clock.timers].map(({ keepAlive }) => keepAlive)).toEqual([false]);
    await clock.advance(59_999);
    expect(client.last.isEnded).toBe(false);
    await clock.advance(1);
    expect([client.last.isEnded, calls.areReady, calls.canCall(0)]).toEqual([true, false, false]);
    calls.begin();
    expect(asked()).toEqual([2]);
  });

  it("that are confirmed after they were left are ended", async () => {
    const { clock, clients, calls } = opened(1);
    const [client] = clients as [Client];
    calls.begin();
    calls.end();
    await clock.advance(60_000);
    client.last.confirm();
    await clock.advance(1);
    expect([client.last.isEnded, calls.areReady]).toEqual([true, false]);
  });

  it("of before are ended if they are confirmed when others have taken their place", async () => {
    const { clock, clients, calls } = opened(1);
    const [client] = clients as [Client];
    calls.begin();
    calls.end();
    await clock.advance(60_000);
    calls.begin();
    const [first, second] = client.asked as [Asked, Asked];
    second.confirm();
    await clock.advance(1);
    first.confirm();
    await clock.advance(1);
    expect([first.isEnded, second.isEnded, calls.areReady]).toEqual([true, false, true]);
    await calls.close();
    await clock.advance(1);
    expect([first.isEnded, second.isEnded]).toEqual([true, true]);
  });

  it("on which nobody was called for long are made anew, when somebody asks", async () => {
    const { clock, clients, calls, asked } = opened(2);
    calls.begin();
    for (const { last } of clients) last.confirm();
    const [heard, unheard] = clients as [Client, Client];
    await clock.advance(20_000);
    heard.last.call("anything");
    await clock.advance(9_999);
    calls.renew();
    await clock.advance(0);
    expect(asked()).toEqual([1, 1]);
    await clock.advance(1);
    calls.renew();
    calls.renew();
    await clock.advance(0);
    expect([asked(), unheard.asked[0]?.isEnded, calls.canCall(1)]).toEqual([[1, 2], true, false]);
    unheard.last.confirm();
    await clock.advance(0);
    expect(calls.canCall(1)).toBe(true);
    calls.renew();
    expect(asked()).toEqual([1, 2]);
    calls.end();
  });

  it("that were refused in place of a lost one are asked for again after 10 s, when somebody asks", async () => {
    const { clock, clients, calls, asked } = opened(1);
    const [client] = clients as [Client];
    const waiting = callee();
    calls.expect(waiting.one);
    calls.begin();
    client.last.confirm();
    await clock.advance(30_000);
    calls.renew();
    await clock.advance(0);
    client.last.refuse();
    await clock.advance(9_999);
    calls.renew();
    await clock.advance(0);
    expect(asked()).toEqual([2]);
    await clock.advance(1);
    calls.renew();
    await clock.advance(0);
    expect(asked()).toEqual([3]);
    client.last.confirm();
    await clock.advance(0);
    expect([calls.canCall(0), waiting.told]).toEqual([true, ["ready", "ready again"]]);
    calls.end();
  });

  it("that are to be made anew are not, once all are left", async () => {
    const { clock, clients, calls, asked } = opened(1);
    calls.begin();
    clients[0]?.last.confirm();
    await clock.advance(30_000);
    calls.renew();
    calls.end();
    await calls.close();
    await clock.advance(0);
    expect([asked(), clients[0]?.last.isEnded]).toEqual([[1], true]);
  });

  it("are possible only if every node has them", () => {
    const { calls } = opened(2);
    expect(calls.arePossible).toBe(true);
    const without: RedisNode = { send: async () => null };
    const some = new Calls([new NodeHealth(new Client(), 0), new NodeHealth(without, 1)], new HandClock());
    expect(some.arePossible).toBe(false);
    some.begin();
  });
});

describe("a call", () => {
  it("is for the one whose number it has, whatever its name is; others are strays", async () => {
    const { clients, calls } = opened(2);
    const strays: string[] = [];
    calls.onStray = (node, id) => strays.push(`${node} ${id}`);
    const [wanted, other, unwilling] = [callee(), callee(), callee(false)];
    const number = calls.expect(wanted.one);
    calls.expect(other.one);
    const third = calls.expect(unwilling.one);
    calls.begin();
    const idOf = (of: string, name: string) => `~c${calls.address}:${of}:400:${name}`;
    clients[1]?.last.call(idOf(number, "a:b:c"));
    expect([wanted.told, other.told, strays]).toEqual([["1 a:b:c"], [], []]);
    clients[0]?.last.call(idOf(third, "job"));
    expect(unwilling.told).toEqual(["0 job"]);
    clients[0]?.last.call(idOf("zz", "job"));
    calls.forget(number);
    clients[1]?.last.call(idOf(number, "job"));
    // What anybody may publish, who has heard of the channel.
    clients[1]?.last.call("anything:of:a:victim");
    clients[1]?.last.call(idOf(number, "job").replace(calls.address, "another"));
    expect(wanted.told).toEqual(["1 a:b:c"]);
    expect(strays).toEqual([`0 ${idOf(third, "job")}`, `0 ${idOf("zz", "job")}`, `1 ${idOf(number, "job")}`]);
  });

  it("that leads to an error does not harm the client that delivers it", () => {
    const { clients, calls } = opened(1);
    calls.onStray = () => {
      throw new Error("of ours");
    };
    calls.begin();
    expect(() => clients[0]?.last.call("~c:1:1:x")).not.toThrow();
  });
});

describe("the nodes' clock", () => {
  it("is known once a node has told it, and goes on with the monotonic one", () => {
    const { calls } = opened(1);
    expect(calls.timeAt(5)).toBeUndefined();
    calls.learn(0, 5);
    expect(calls.timeAt(5)).toBeUndefined();
    calls.learn(Number.NaN, 5);
    expect(calls.timeAt(5)).toBeUndefined();
    calls.learn(1_700_000_000_000_000, 1_000);
    expect(calls.timeAt(1_000)).toBe(1_700_000_000_000_000);
    expect(calls.timeAt(999.5)).toBe(1_699_999_999_999_500);
  });
});
