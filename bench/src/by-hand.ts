import type { Redis } from "ioredis";
import { loadCompareAndDelete } from "./compare-and-delete.ts";
import { freshValue } from "./fresh-value.ts";
import type { Holder } from "./holder.ts";
import { EXPIRY_MS } from "./workloads.ts";

/** How many of the nodes gave the answer that is a yes. */
type Count = (replies: readonly Promise<unknown>[], yes: unknown) => Promise<number>;

const LOCKED = "OK";
const UNLOCKED = 1;

/** What somebody writes who wants no library: SET NX PX and a compare-and-delete, through the same client, and nothing else. */
export async function byHand(clients: readonly Redis[], count: Count): Promise<Holder> {
  const digest = await loadCompareAndDelete(clients);
  const [only] = clients;
  return clients.length === 1 && only !== undefined ? onOne(only, digest) : onSeveral(clients, digest, count);
}

/** Nobody who has one node builds arrays of promises for it. */
function onOne(client: Redis, digest: string): Holder {
  return (name) => async () => {
    const value = freshValue();
    expectYes(await client.set(name, value, "PX", EXPIRY_MS, "NX"), LOCKED);
    expectYes(await client.evalsha(digest, 1, name, value), UNLOCKED);
  };
}

function onSeveral(clients: readonly Redis[], digest: string, count: Count): Holder {
  const quorum = quorumOf(clients);
  const expectQuorum = (granted: number) => {
    if (granted < quorum) throw new Error(`${granted} of ${clients.length} nodes said yes`);
  };
  return (name) => async () => {
    const value = freshValue();
    const locking = clients.map((node) => node.set(name, value, "PX", EXPIRY_MS, "NX"));
    expectQuorum(await count(locking, LOCKED));
    const unlocking = clients.map((node) => node.evalsha(digest, 1, name, value));
    expectQuorum(await count(unlocking, UNLOCKED));
  };
}

/** Waits for every node. */
export async function ofAll(replies: readonly Promise<unknown>[], yes: unknown): Promise<number> {
  const answers = await Promise.all(replies);
  return answers.filter((answer) => answer === yes).length;
}

/** Returns as soon as a quorum said yes, or everybody has answered. */
export function atQuorum(replies: readonly Promise<unknown>[], yes: unknown): Promise<number> {
  const quorum = quorumOf(replies);
  return new Promise((resolve) => {
    let granted = 0;
    let open = replies.length;
    const hear = (answer: unknown) => {
      open--;
      if (answer === yes) granted++;
      if (granted === quorum || open === 0) resolve(granted);
    };
    for (const reply of replies) reply.then(hear, hear);
  });
}

function quorumOf({ length }: { readonly length: number }): number {
  return Math.floor(length / 2) + 1;
}

function expectYes(answer: unknown, yes: unknown): void {
  if (answer !== yes) throw new Error(`the node said ${answer}`);
}
