import { createHash } from "node:crypto";
import type { RedisNode, SendOptions } from "@redsync/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  connectionCut,
  deliveredTwice,
  errorReply,
  type FaultyNode,
  faulty,
  gate,
  hung,
  replyLost,
  replyNeverComes,
} from "../src/fixture/faults.ts";
import { beginning, first } from "../src/fixture/matches.ts";
import { eventually } from "../src/servers/eventually.ts";
import { type RedisServer, startServer } from "../src/servers/index.ts";

let server: RedisServer;
let faults: FaultyNode;
const options: (SendOptions | undefined)[] = [];

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.command("FLUSHALL");
  options.length = 0;
  faults = faulty({
    send: (command, given) => {
      options.push(given);
      return server.command(...command);
    },
  });
});

const runs = () => server.command("GET", "runs");
const increment = () => faults.node.send(["INCR", "runs"]);
const closed = "Socket closed unexpectedly";
const pending = Symbol("pending");
/** Two round trips to the real server: enough for a reply that is under way, never a guess about time. */
const peek = async (promise: Promise<unknown>) => {
  await server.command("PING");
  await server.command("PING");
  return Promise.race([promise, Promise.resolve(pending)]);
};

describe("faulty", () => {
  it("is the real node as long as nothing is injected, errors included", async () => {
    expect(await increment()).toBe(1);
    await expect(faults.node.send(["LPUSH", "runs", "x"])).rejects.toThrow(/^WRONGTYPE/);
  });

  it("passes the key and the signal on", async () => {
    const { signal } = new AbortController();
    await faults.node.send(["INCR", "runs"], { key: "runs", signal });
    await increment();
    expect(options).toEqual([{ key: "runs", signal }, undefined]);
    expect(options[0]?.signal).toBe(signal);
  });

  it("records what was sent and what was delivered", async () => {
    faults.inject(connectionCut, beginning("GET"));
    faults.inject(deliveredTwice, beginning("INCR"));
    await expect(faults.node.send(["GET", "runs"])).rejects.toThrow(closed);
    await increment();
    expect(faults.sent.map(([name]) => name)).toEqual(["GET", "INCR"]);
    expect(faults.delivered).toEqual(Array(2).fill(["INCR", "runs"]));
  });

  it("strikes until the fault is lifted, the first that matches", async () => {
    const lift = faults.inject(connectionCut);
    faults.inject(errorReply("LOADING"));
    await expect(increment()).rejects.toThrow(closed);
    lift();
    await expect(increment()).rejects.toThrow("LOADING");
    expect(await runs()).toBeNull();
  });

  it("mends all faults at once, and what they hold stays held", async () => {
    const held = gate();
    faults.inject(held.delivery);
    faults.inject(connectionCut);
    const before = increment();
    faults.mend();
    expect(await increment()).toBe(1);
    expect(await peek(before)).toBe(pending);
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
    expect("subscribe" in faults.node || "client" in faults.node).toBe(false);
  });
});

describe("which commands are struck", () => {
  it("beginning: those of one script, by its hash, and no others", async () => {
    const script = "return 1";
    const sha = createHash("sha1").update(script).digest("hex");
    await server.command("SCRIPT", "LOAD", script);
    faults.inject(connectionCut, beginning("EVALSHA", sha));
    await expect(faults.node.send(["EVALSHA", sha, "0"])).rejects.toThrow(closed);
    await expect(faults.node.send(["EVALSHA", "0".repeat(40), "0"])).rejects.toThrow(/^NOSCRIPT/);
    expect(await faults.node.send(["EVAL", script, "0"])).toBe(1);
  });

  it("first: the first of them, or the first few, counting only those that match", async () => {
    faults.inject(connectionCut, first(beginning("INCR"), 2));
    expect(await faults.node.send(["GET", "runs"])).toBeNull();
    await expect(increment()).rejects.toThrow(closed);
    await expect(increment()).rejects.toThrow(closed);
    expect(await increment()).toBe(1);
    faults.inject(connectionCut, first());
    await expect(increment()).rejects.toThrow(closed);
    expect(await increment()).toBe(2);
  });
});

describe("a command that is not run", () => {
  it("connectionCut: rejects as a client does", async () => {
    faults.inject(connectionCut);
    await expect(increment()).rejects.toThrow(closed);
    expect(await runs()).toBeNull();
  });

  it("hung: pends", async () => {
    faults.inject(hung);
    expect(await peek(increment())).toBe(pending);
    expect(faults.delivered).toEqual([]);
  });

  it("errorReply: rejects with the server's words", async () => {
    faults.inject(errorReply("OOM command not allowed"));
    await expect(increment()).rejects.toThrow(/^OOM /);
    expect(await runs()).toBeNull();
  });
});

describe("a command whose reply is lost", () => {
  it("replyLost: rejects once the server has run it", async () => {
    faults.inject(replyLost);
    await expect(increment()).rejects.toThrow(closed);
    expect(await runs()).toBe("1");
  });

  it("replyLost: hides a server's error as well", async () => {
    faults.inject(replyLost);
    await expect(faults.node.send(["NOSUCHCOMMAND"])).rejects.toThrow(closed);
  });

  it("replyNeverComes: pends although the server has run it, without an unhandled rejection", async () => {
    faults.inject(replyNeverComes);
    const reply = increment();
    await eventually("it has run", async () => (await runs()) === "1");
    expect(await peek(reply)).toBe(pending);
    expect(await peek(faults.node.send(["NOSUCHCOMMAND"]))).toBe(pending);
  });
});

describe("deliveredTwice", () => {
  it("answers with the reply to the second delivery", async () => {
    faults.inject(deliveredTwice);
    expect(await increment()).toBe(2);
    expect(await faults.node.send(["SET", "lock", "mine", "NX"])).toBeNull();
    expect(await server.command("GET", "lock")).toBe("mine");
  });
});

describe("gate", () => {
  it("delivery: holds commands until the release, then delivers them in order", async () => {
    const held = gate();
    faults.inject(held.delivery);
    const replies = [increment(), faults.node.send(["NOSUCHCOMMAND"])];
    const failure = expect(replies[1]).rejects.toThrow(/^ERR unknown command/);
    await held.reached;
    expect(await peek(Promise.race(replies))).toBe(pending);
    expect(faults.delivered).toEqual([]);
    await held.release();
    expect(faults.delivered).toEqual(faults.sent);
    expect(await replies[0]).toBe(1);
    await failure;
  });

  it("reply: the server has run the command when the gate is reached, and the caller waits", async () => {
    const held = gate();
    faults.inject(held.reply);
    const reply = increment();
    await held.reached;
    expect(await runs()).toBe("1");
    expect(await peek(reply)).toBe(pending);
    await held.release();
    expect(await reply).toBe(1);
  });

  it("reply: holds an error too, and reports none as unhandled meanwhile", async () => {
    const held = gate();
    faults.inject(held.reply);
    const reply = faults.node.send(["NOSUCHCOMMAND"]);
    await held.reached;
    expect(await peek(reply)).toBe(pending);
    const failure = expect(reply).rejects.toThrow(/^ERR unknown command/);
    await held.release();
    await failure;
  });

  it("copy: answers as usual, and delivers the same once more on release", async () => {
    const held = gate();
    faults.inject(held.copy);
    expect(await increment()).toBe(1);
    await held.reached;
    expect(await runs()).toBe("1");
    await held.release();
    expect(await runs()).toBe("2");
  });

  it("once released, lets everything pass", async () => {
    const held = gate();
    faults.inject(held.delivery);
    await held.release();
    expect(await increment()).toBe(1);
  });
});

describe("over a node that is slow to run the command", () => {
  const slow = () => {
    const way = gate();
    const outer = faulty(faults.node);
    faults.inject(way.delivery);
    return { way, ...outer, increment: () => outer.node.send(["INCR", "runs"]) };
  };

  it("replyLost: does not reject before the server has run it", async () => {
    const { way, inject, increment } = slow();
    inject(replyLost);
    const reply = increment();
    const failure = expect(reply).rejects.toThrow(closed);
    await way.reached;
    expect(await peek(reply)).toBe(pending);
    await way.release();
    await failure;
  });

  it("deliveredTwice: does not send again before the server has run the first", async () => {
    const { way, inject, increment, delivered } = slow();
    inject(deliveredTwice);
    const reply = increment();
    await peek(reply);
    expect(delivered).toHaveLength(1);
    await way.release();
    expect(await reply).toBe(2);
  });

  it.each(["reply", "copy"] as const)(
    "gate, %s: is not reached before the server has run it",
    async (fault) => {
      const { way, inject, increment } = slow();
      const held = gate();
      inject(held[fault]);
      const reply = increment();
      await way.reached;
      expect(await peek(held.reached)).toBe(pending);
      await way.release();
      await held.reached;
      expect(await runs()).toBe("1");
      await held.release();
      expect(await reply).toBe(1);
    },
  );
});
