import type { Redis } from "ioredis";
import { Mutex, RedlockMutex } from "redis-semaphore";
import { clientsOf, EXPIRY, EXTENDED, type Held, type Peer } from "./peer.ts";

const once = { lockTimeout: EXPIRY, refreshInterval: 0, acquireAttemptsLimit: 1, retryInterval: 0 };

/** A peer of which one instance is one holder, with an identifier that is its value. */
function peerOf(
  title: string,
  nodes: number,
  make: (clients: Redis[], name: string, options: object) => Mutex | RedlockMutex,
): Peer {
  return {
    title,
    page: "redis-semaphore.md",
    dependency: "redis-semaphore",
    nodes: [nodes],
    several: false,
    prefix: "mutex:",
    value: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    open(ports) {
      const { clients, close } = clientsOf(ports);
      const tryLock = async (name = ""): Promise<Held | null> => {
        const mutex = make(clients, name, once);
        if (!(await mutex.tryAcquire())) return null;
        const { identifier } = mutex;
        const known = { identifier, acquiredExternally: true, lockTimeout: EXTENDED, refreshInterval: 0 };
        return {
          // What its own timer does, at once.
          extend: () => make(clients, name, known).tryAcquire(),
          release: () => mutex.release().then(() => undefined),
        };
      };
      return { tryLock, close };
    },
  };
}

export const mutex: Peer = peerOf("`redis-semaphore`, `Mutex`", 1, ([client], name, options) => {
  if (client === undefined) throw new TypeError("it needs a client");
  return new Mutex(client, name, options);
});

export const redlockMutex: Peer = peerOf(
  "`redis-semaphore`, `RedlockMutex`",
  3,
  (clients, name, options) => new RedlockMutex(clients, name, options),
);
