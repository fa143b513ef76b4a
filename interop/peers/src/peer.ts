import { setTimeout } from "node:timers/promises";
import { Redis } from "ioredis";

/** For how long a peer locks, and to what it extends, in ms: no test waits for the end of either. */
export const EXPIRY = 60_000;
export const EXTENDED = 600_000;

/** A lock that a peer holds. */
export interface Held {
  /** Extends it to `EXTENDED`. Whether the peer says that it did. */
  extend(): Promise<boolean>;
  /** Whether the peer says that it released the lock; nothing if it does not say. */
  release(): Promise<boolean | undefined>;
}

/** A peer's locks over some servers. */
export interface Locks {
  /** Makes one attempt, all names or none. Null if the peer says that it got no lock. */
  tryLock(...names: string[]): Promise<Held | null>;
  close(): Promise<void>;
}

/** Another library, or one of its ways to lock, as docs/migrating/README.md has it in a row. */
export interface Peer {
  readonly title: string;
  readonly page: string;
  /** What package.json calls it. */
  readonly dependency: string;
  /** On how many servers it locks. */
  readonly nodes: readonly number[];
  /** Whether one of its locks can have several names. */
  readonly several: boolean;
  /** What is put before the name of its lock to have the name of ours. */
  readonly prefix: string;
  /** What its locks have as a value. */
  readonly value: RegExp;
  open(ports: readonly number[]): Promise<Locks> | Locks;
}

/** Clients of these servers, with what ends them. */
export function clientsOf(ports: readonly number[]): { clients: Redis[]; close(): Promise<void> } {
  const clients = ports.map((port) => new Redis(port));
  for (const client of clients) client.on("error", () => {});
  const close = async () => {
    for (const client of clients) client.disconnect();
  };
  return { clients, close };
}

/** Makes attempts until one succeeds. */
export async function poll(locks: Locks, name: string): Promise<Held> {
  for (;;) {
    const held = await locks.tryLock(name);
    if (held) return held;
    await setTimeout(5 + 10 * Math.random());
  }
}

/** False if it rejects with an error of this class, which is how some peers say no. */
export async function unlessRefused(
  work: Promise<unknown>,
  refusal: abstract new (...args: never[]) => Error,
): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof refusal) return false;
    throw error;
  }
}
