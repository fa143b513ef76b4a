import { Redlock as SesamecareRedlock } from "@sesamecare-oss/redlock";
import type { Redis } from "ioredis";
import { Mutex, RedlockMutex } from "redis-semaphore";
import Redlock from "redlock";
import { createLock, createRedlock, IoredisAdapter } from "redlock-universal";
import type { Holder } from "./holder.ts";
import { namesOf } from "./many-names.ts";
import { EXPIRY_MS } from "./workloads.ts";

/** redlock 5 */
export function redlock(clients: readonly Redis[]): Holder {
  return ofRedlock(new Redlock(clients), (name) => [name]);
}

/** The same, with many names in one lock. */
export function redlockOfManyNames(clients: readonly Redis[]): Holder {
  return ofRedlock(new Redlock(clients), namesOf);
}

/** The fork of redlock 5 by Sesame. */
export function sesamecareRedlock(clients: readonly Redis[]): Holder {
  return ofRedlock(new SesamecareRedlock(clients), (name) => [name]);
}

/** The same, with many names in one lock. */
export function sesamecareOfManyNames(clients: readonly Redis[]): Holder {
  return ofRedlock(new SesamecareRedlock(clients), namesOf);
}

function ofRedlock(peer: Redlock | SesamecareRedlock, resources: (name: string) => string[]): Holder {
  // Without a listener every vote against us would throw.
  peer.on("error", () => {});
  return (name) => {
    const names = resources(name);
    return async () => {
      const lock = await peer.acquire(names, EXPIRY_MS);
      await lock.release();
    };
  };
}

/** One instance per lock, because an instance has one identifier. Renewal is off: nobody else here has it on. */
export function redisSemaphore(clients: readonly Redis[]): Holder {
  const options = { lockTimeout: EXPIRY_MS, refreshInterval: 0 };
  const [only] = clients;
  return (name) => async () => {
    const isAlone = clients.length === 1 && only !== undefined;
    const mutex = isAlone ? new Mutex(only, name, options) : new RedlockMutex([...clients], name, options);
    await mutex.acquire();
    await mutex.release();
  };
}

/** The "lean" lock on one node, which is its authors' fastest. */
export function redlockUniversal(clients: readonly Redis[]): Holder {
  const adapters = clients.map((client) => new IoredisAdapter(client));
  const [only] = adapters;
  return (key) => {
    const isAlone = adapters.length === 1 && only !== undefined;
    const lock = isAlone
      ? createLock({ adapter: only, key, ttl: EXPIRY_MS, performance: "lean" })
      : createRedlock({ adapters, key, ttl: EXPIRY_MS });
    return async () => {
      const handle = await lock.acquire();
      if (!(await lock.release(handle))) throw new Error("release() says false");
    };
  };
}
