import { ok, same, until } from "../assert.ts";
import type { Case } from "../harness.ts";
import { nodeCase } from "./node-case.ts";

/** What became of a command: its reply, or that it rejected. */
const replyOrRejection = (sending: Promise<unknown>): Promise<unknown> => sending.catch(() => "rejected");

/**
 * The contract's sentence 4: an abandoned `send` is *unknown*. It may reject or wait on, but it never resolves to anything
 * that the server did not say (a client of Upstash resolves to the abort's reason).
 */
export const abandoned: readonly Case[] = [
  nodeCase("resolves to the reply or rejects if the signal had aborted before", async (node, key) => {
    const signal = AbortSignal.abort("OK");
    const reply = await replyOrRejection(node.send(["GET", key], { key, signal }));
    same(reply === "rejected" ? null : reply, null);
  }),

  nodeCase("resolves to the reply or rejects if the signal aborts in flight", async (node, key) => {
    const controller = new AbortController();
    await node.send(["SET", key, "text"], { key });
    const sending = replyOrRejection(node.send(["GET", key], { key, signal: controller.signal }));
    controller.abort("a reason that is no reply");
    const reply = await sending;
    same(reply === "rejected" ? "text" : reply, "text");
  }),

  nodeCase("runs an abandoned command once or not at all", async (node, key) => {
    const controller = new AbortController();
    const sending = replyOrRejection(node.send(["RPUSH", key, "item"], { key, signal: controller.signal }));
    controller.abort();
    await sending;
    const length = await node.send(["RPUSH", key, "item"], { key });
    ok(length === 1 || length === 2, `one item at most is left of the abandoned command: ${length}`);
  }),

  nodeCase("says of a command that it was not sent only if it never runs", async (node, key) => {
    // At once, and later and later: before the client has written, and when the server may have run it.
    const abandon = (_: unknown, ms: number) => {
      const controller = new AbortController();
      const sending = node.send(["RPUSH", key, "item"], { key, signal: controller.signal });
      if (ms === 0) controller.abort();
      else setTimeout(() => controller.abort(), ms);
      return sending.then(
        () => false,
        (error) => error?.notSent === true,
      );
    };
    const notSent = (await Promise.all(Array.from({ length: 20 }, abandon))).filter(Boolean).length;
    const run = Number(await node.send(["RPUSH", key, "last"], { key })) - 1;
    ok(run <= 20 - notSent, `${run} of 20 commands have run, and ${notSent} were not sent, it says`);
  }),

  nodeCase("answers after an abandoned command as before", async (node, key) => {
    const controller = new AbortController();
    const sending = replyOrRejection(node.send(["GET", key], { key, signal: controller.signal }));
    controller.abort();
    await node.send(["SET", key, "text"], { key });
    await sending;
    await until(
      "the reply is the command's own",
      async () => (await node.send(["GET", key], { key })) === "text",
    );
  }),

  nodeCase("takes a signal that never aborts", async (node, key) => {
    const { signal } = new AbortController();
    same(await node.send(["SET", key, "text"], { key, signal }), "OK");
    same(await node.send(["GET", key]), "text");
  }),
];
