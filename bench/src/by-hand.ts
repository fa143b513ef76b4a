import { randomBytes } from "node:crypto";
import { script } from "@redsync/core";
import type { Redis } from "ioredis";
import type { Holder } from "./holder.ts";
import { EXPIRY_MS } from "./workloads.ts";

/** How many of the nodes said yes. */
type Count = (replies: readonly Promise<unknown>[]) => Promise<number>;

/** What somebody writes who wants no library: the same script through the same client, and nothing else. */
export async function byHand(clients: readonly Redis[], count: Count): Promise<Holder> {
  await Promise.all(clients.map(loadScript));
  const [only] = clients;
  return clients.length === 1 && only !== undefined ? onOne(only) : onSeveral(clients, count);
}

/** Nobody who has one node builds arrays of promises for it. */
function onOne(client: Redis): Holder {
  return (name) => async () => {
    const value = freshValue();
    expectYes(await client.evalsha(script.sha1, 1, name, value, "acquire", EXPIRY_MS));
    expectYes(await client.evalsha(script.sha1, 1, name, value, "release"));
  };
}

function onSeveral(clients: readonly Redis[], count: Count): Holder {
  const quorum = Math.floor(clients.length / 2) + 1;
  const expectQuorum = (granted: number) => {
    if (granted < quorum) throw new Error(`${granted} of ${clients.length} nodes said yes`);
  };
  return (name) => async () => {
    const value = freshValue();
    const ask = (...args: string[]) =>
      count(clients.map((node) => node.evalsha(script.sha1, 1, name, value, ...args)));
    expectQuorum(await ask("acquire", String(EXPIRY_MS)));
    expectQuorum(await ask("release"));
  };
}

/** Waits for every node. */
export async function ofAll(replies: readonly Promise<unknown>[]): Promise<number> {
  const answers = await Promise.all(replies);
  return answers.filter((answer) => answer === 1).length;
}

/** Returns as soon as a quorum said yes, or everybody has answered. */
export function atQuorum(replies: readonly Promise<unknown>[]): Promise<number> {
  const quorum = Math.floor(replies.length / 2) + 1;
  return new Promise((resolve) => {
    let granted = 0;
    let open = replies.length;
    const hear = (answer: unknown) => {
      open--;
      if (answer === 1) granted++;
      if (granted === quorum || open === 0) resolve(granted);
    };
    for (const reply of replies) reply.then(hear, hear);
  });
}

function freshValue(): string {
  return randomBytes(16).toString("base64");
}

function expectYes(answer: unknown): void {
  if (answer !== 1) throw new Error(`the node said ${answer}`);
}

async function loadScript(client: Redis): Promise<void> {
  const digest = await client.script("LOAD", script.lua);
  if (digest !== script.sha1) throw new Error(`SCRIPT LOAD says ${digest}, core says ${script.sha1}`);
}
