import type { RedisNode } from "@redsync/core";
import { describe, expect, it } from "vitest";
import {
  connectionCut,
  deliveredTwice,
  errorReply,
  faulty,
  gate,
  hung,
  replyLost,
  replyNeverComes,
} from "../src/fixture/faults.ts";
import { beginning } from "../src/fixture/matches.ts";
import { eventually } from "../src/servers/eventually.ts";
import { closed, startCounter } from "./counter.ts";
import { peek, pending } from "./unanswered.ts";

const counter = startCounter();
const { options, runs, increment } = counter;

describe("faulty", () => {
  it("is the real node as long as nothing is injected, errors included", async () => {
    expect(await increment()).toBe(1);
    await expect(counter.faults.node.send(["LPUSH", "runs", "x"])).rejects.toThrow(/^WRONGTYPE/);
  });

  it("passes the key and the signal on", async () => {
    const { signal } = new AbortController();
    await counter.faults.node.send(["INCR", "runs"], { key: "runs", signal });
    await increment();
    expect(options).toEqual([{ key: "runs", signal }, undefined]);
    expect(options[0]?.signal).toBe(signal);
  });

  it("records what was sent and what was delivered", async () => {
    counter.faults.inject(connectionCut, beginning("GET"));
    counter.faults.inject(deliveredTwice, beginning("INCR"));
    await expect(counter.faults.node.send(["GET", "runs"])).rejects.toThrow(closed);
    await increment();
    expect(counter.faults.sent.map(([name]) => name)).toEqual(["GET", "INCR"]);
    expect(counter.faults.delivered).toEqual(Array(2).fill(["INCR", "runs"]));
  });

  it("strikes until the fault is lifted, the first that matches", async () => {
    const lift = counter.faults.inject(connectionCut);
    counter.faults.inject(errorReply("LOADING"));
    await expect(increment()).rejects.toThrow(closed);
    lift();
    await expect(increment()).rejects.toThrow("LOADING");
    expect(await runs()).toBeNull();
  });

  it("mends all faults at once, and what they hold stays held", async () => {
    const held = gate();
    counter.faults.inject(held.delivery);
    counter.faults.inject(connectionCut);
    const before = increment();
    counter.faults.mend();
    expect(await increment()).toBe(1);
    expect(await peek(before, counter)).toBe(pending);
    await held.release();
    expect(await before).toBe(2);
  });

  it("subscribes and shows its client where the real node does, with the real node as this", async () => {
    const client = {};
    const inner: RedisNode = {
      client,
      send: async () => null,
      async subscribe() {
        expect(this).toBe(inner);
        return async () => {};
      },
    };
    const { node } = faulty(inner);
    await node.subscribe?.("channel", () => {});
    expect(node.client).toBe(client);
    expect.assertions(3);
    expect("subscribe" in counter.faults.node || "client" in counter.faults.node).toBe(false);
  });
});

describe("a command that is not run", () => {
  it("connectionCut: rejects as a client does", async () => {
    counter.faults.inject(connectionCut);
    await expect(increment()).rejects.toThrow(closed);
    expect(await runs()).toBeNull();
  });

  it("hung: pends", async () => {
    counter.faults.inject(hung);
    expect(await peek(increment(), counter)).toBe(pending);
    expect(counter.faults.delivered).toEqual([]);
  });

  it("errorReply: rejects with the server's words", async () => {
    counter.faults.inject(errorReply("OOM command not allowed"));
    await expect(increment()).rejects.toThrow(/^OOM /);
    expect(await runs()).toBeNull();
  });
});

describe("a command whose reply is lost", () => {
  it("replyLost: rejects once the server has run it", async () => {
    counter.faults.inject(replyLost);
    await expect(increment()).rejects.toThrow(closed);
    expect(await runs()).toBe("1");
  });

  it("replyLost: hides a server's error as well", async () => {
    counter.faults.inject(replyLost);
    await expect(counter.faults.node.send(["NOSUCHCOMMAND"])).rejects.toThrow(closed);
  });

  it("replyNeverComes: pends although the server has run it, without an unhandled rejection", async () => {
    counter.faults.inject(replyNeverComes);
    const reply = increment();
    await eventually("it has run", async () => (await runs()) === "1");
    expect(await peek(reply, counter)).toBe(pending);
    expect(await peek(counter.faults.node.send(["NOSUCHCOMMAND"]), counter)).toBe(pending);
  });
});

describe("deliveredTwice", () => {
  it("answers with the reply to the second delivery", async () => {
    counter.faults.inject(deliveredTwice);
    expect(await increment()).toBe(2);
    expect(await counter.faults.node.send(["SET", "lock", "mine", "NX"])).toBeNull();
    expect(await counter.command("GET", "lock")).toBe("mine");
  });
});
