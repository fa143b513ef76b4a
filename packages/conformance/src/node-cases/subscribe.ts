import type { RedisNode } from "@redsync/core";
import { ok, same, until } from "../assert.ts";
import type { Case } from "../harness.ts";
import { nodeCase } from "./node-case.ts";

function listener(node: RedisNode) {
  const heard: string[] = [];
  const listen = (channel: string) => {
    ok(node.subscribe, "the node can subscribe");
    return node.subscribe(channel, (message) => heard.push(message));
  };
  return { heard, listen };
}

/** The contract's sentence 5: `subscribe` resolves once the server confirmed it; its unsubscribe is idempotent. */
export const subscribe: readonly Case[] = [
  nodeCase(
    "hears what is published once it has subscribed",
    async (node, channel) => {
      const { heard, listen } = listener(node);
      const leave = await listen(channel);
      await node.send(["PUBLISH", channel, "42"], { key: channel });
      await until("the message has come", () => heard.length > 0);
      same(heard, ["42"]);
      await leave();
    },
    ["subscribe"],
  ),

  nodeCase(
    "hears nothing after it has unsubscribed, and may do so twice",
    async (node, channel) => {
      const { heard, listen } = listener(node);
      const leave = await listen(channel);
      await Promise.all([leave(), leave()]);
      await leave();
      const witness = listener(node);
      const leaveWitness = await witness.listen(`${channel}:end`);
      await node.send(["PUBLISH", channel, "too late"], { key: channel });
      await node.send(["PUBLISH", `${channel}:end`, "end"], { key: channel });
      await until("the end has come", () => witness.heard.length > 0);
      same(heard, []);
      await leaveWitness();
    },
    ["subscribe"],
  ),

  nodeCase(
    "lets go of fifty subscriptions, one after another",
    async (node, channel) => {
      const { heard, listen } = listener(node);
      for (let turn = 0; turn < 50; turn++) {
        const leave = await listen(channel);
        await leave();
      }
      same(heard, []);
    },
    ["subscribe"],
  ),

  nodeCase(
    "keeps channels and listeners apart",
    async (node, channel) => {
      const [first, second, other] = [listener(node), listener(node), listener(node)];
      const leaveFirst = await first.listen(channel);
      const leaveSecond = await second.listen(channel);
      const leaveOther = await other.listen(`${channel}:other`);
      await node.send(["PUBLISH", channel, "one"], { key: channel });
      await until("both have heard it", () => first.heard.length + second.heard.length === 2);
      await leaveFirst();
      await node.send(["PUBLISH", channel, "two"], { key: channel });
      await until("the one that stayed has heard it", () => second.heard.length === 2);
      same([first.heard, second.heard, other.heard], [["one"], ["one", "two"], []]);
      await Promise.all([leaveSecond(), leaveOther()]);
    },
    ["subscribe"],
  ),

  nodeCase(
    "sends commands while it is subscribed",
    async (node, channel) => {
      const { listen } = listener(node);
      const leave = await listen(channel);
      same(await node.send(["SET", channel, "text"], { key: channel }), "OK");
      same(await node.send(["GET", channel], { key: channel }), "text");
      await leave();
    },
    ["subscribe"],
  ),
];
