import type { Redis } from "ioredis";
import { atQuorum } from "./by-hand.ts";
import { loadCompareAndDelete } from "./compare-and-delete.ts";
import { freshValue } from "./fresh-value.ts";
import type { Holder } from "./holder.ts";
import { namesOf } from "./many-names.ts";
import { EXPIRY_MS } from "./workloads.ts";

/** Sends the commands of all names to one node, and resolves to whether each was answered with a yes. */
type Ask = (
  client: Redis,
  names: readonly string[],
  value: string,
  digest: string,
  yes: unknown,
) => Promise<boolean>;

/** Locks many names with a command for each: all of them in one pipeline to each node. */
export function pipelineByHand(clients: readonly Redis[]): Promise<Holder> {
  return namesByHand(clients, lockInPipeline, unlockInPipeline);
}

/** The same without a pipeline of one's own: the client makes one of what is sent in one turn. */
export function autoPipelineByHand(clients: readonly Redis[]): Promise<Holder> {
  return namesByHand(clients, lockEach, unlockEach);
}

async function namesByHand(clients: readonly Redis[], lock: Ask, unlock: Ask): Promise<Holder> {
  const digest = await loadCompareAndDelete(clients);
  const quorum = Math.floor(clients.length / 2) + 1;
  return (prefix) => {
    const names = namesOf(prefix);
    const ask = async (how: Ask, value: string, yes: unknown) => {
      const replies = clients.map((client) => how(client, names, value, digest, yes));
      const granted = await atQuorum(replies, true);
      if (granted < quorum) throw new Error(`${granted} of ${clients.length} nodes gave all names`);
    };
    return async () => {
      const value = freshValue();
      await ask(lock, value, "OK");
      await ask(unlock, value, 1);
    };
  };
}

const lockInPipeline: Ask = async (client, names, value, _, yes) => {
  const pipeline = client.pipeline();
  for (const name of names) pipeline.set(name, value, "PX", EXPIRY_MS, "NX");
  return allIn(await pipeline.exec(), yes);
};

const unlockInPipeline: Ask = async (client, names, value, digest, yes) => {
  const pipeline = client.pipeline();
  for (const name of names) pipeline.evalsha(digest, 1, name, value);
  return allIn(await pipeline.exec(), yes);
};

const lockEach: Ask = async (client, names, value, _, yes) => {
  const replies = await Promise.all(names.map((name) => client.set(name, value, "PX", EXPIRY_MS, "NX")));
  return replies.every((reply) => reply === yes);
};

const unlockEach: Ask = async (client, names, value, digest, yes) => {
  const replies = await Promise.all(names.map((name) => client.evalsha(digest, 1, name, value)));
  return replies.every((reply) => reply === yes);
};

function allIn(replies: readonly [error: Error | null, reply: unknown][] | null, yes: unknown): boolean {
  return replies?.every(([error, reply]) => error === null && reply === yes) ?? false;
}
