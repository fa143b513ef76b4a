import { describe, expect, it } from "vitest";
import { deliveredTwice, faulty, gate, replyLost } from "../src/fixture/faults.ts";
import { closed, startCounter } from "./counter.ts";
import { peek, pending } from "./unanswered.ts";

const counter = startCounter();
const { runs, increment } = counter;

describe("gate", () => {
  it("delivery: holds commands until the release, then delivers them in order", async () => {
    const held = gate();
    counter.faults.inject(held.delivery);
    const replies = [increment(), counter.faults.node.send(["NOSUCHCOMMAND"])];
    const failure = expect(replies[1]).rejects.toThrow(/^ERR unknown command/);
    await held.reached;
    expect(await peek(Promise.race(replies), counter)).toBe(pending);
    expect(counter.faults.delivered).toEqual([]);
    await held.release();
    expect(counter.faults.delivered).toEqual(counter.faults.sent);
    expect(await replies[0]).toBe(1);
    await failure;
  });

  it("reply: the server has run the command when the gate is reached, and the caller waits", async () => {
    const held = gate();
    counter.faults.inject(held.reply);
    const reply = increment();
    await held.reached;
    expect(await runs()).toBe("1");
    expect(await peek(reply, counter)).toBe(pending);
    await held.release();
    expect(await reply).toBe(1);
  });

  it("reply: holds an error too, and reports none as unhandled meanwhile", async () => {
    const held = gate();
    counter.faults.inject(held.reply);
    const reply = counter.faults.node.send(["NOSUCHCOMMAND"]);
    await held.reached;
    expect(await peek(reply, counter)).toBe(pending);
    const failure = expect(reply).rejects.toThrow(/^ERR unknown command/);
    await held.release();
    await failure;
  });

  it("copy: answers as usual, and delivers the same once more on release", async () => {
    const held = gate();
    counter.faults.inject(held.copy);
    expect(await increment()).toBe(1);
    await held.reached;
    expect(await runs()).toBe("1");
    await held.release();
    expect(await runs()).toBe("2");
  });

  it("once released, lets everything pass", async () => {
    const held = gate();
    counter.faults.inject(held.delivery);
    await held.release();
    expect(await increment()).toBe(1);
  });
});

describe("over a node that is slow to run the command", () => {
  const slow = () => {
    const way = gate();
    const outer = faulty(counter.faults.node);
    counter.faults.inject(way.delivery);
    return { way, ...outer, increment: () => outer.node.send(["INCR", "runs"]) };
  };

  it("replyLost: does not reject before the server has run it", async () => {
    const { way, inject, increment } = slow();
    inject(replyLost);
    const reply = increment();
    const failure = expect(reply).rejects.toThrow(closed);
    await way.reached;
    expect(await peek(reply, counter)).toBe(pending);
    await way.release();
    await failure;
  });

  it("deliveredTwice: does not send again before the server has run the first", async () => {
    const { way, inject, increment, delivered } = slow();
    inject(deliveredTwice);
    const reply = increment();
    await peek(reply, counter);
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
      expect(await peek(held.reached, counter)).toBe(pending);
      await way.release();
      await held.reached;
      expect(await runs()).toBe("1");
      await held.release();
      expect(await reply).toBe(1);
    },
  );
});
