import { Redlock as Fork, ExecutionError as ForkError } from "@sesamecare-oss/redlock";
import Redlock, { ExecutionError } from "redlock";
import Redlock4 from "redlock-4";
import { clientsOf, EXPIRY, EXTENDED, type Held, type Locks, type Peer, unlessRefused } from "./peer.ts";

const settings = { retryCount: 0 };

/** A lock of redlock 5 and of its fork, which are told apart by the class of their errors. */
interface Lock5 {
  extend(duration: number): Promise<Lock5>;
  release(): Promise<unknown>;
}

interface Redlock5 {
  acquire(names: string[], duration: number): Promise<Lock5>;
}

function held5(first: Lock5, refusal: typeof ExecutionError | typeof ForkError): Held {
  let lock = first;
  const extend = async () => {
    lock = await lock.extend(EXTENDED);
  };
  return {
    extend: () => unlessRefused(extend(), refusal),
    release: () => unlessRefused(lock.release(), refusal),
  };
}

function locks5(redlock: Redlock5, refusal: typeof ExecutionError | typeof ForkError): Omit<Locks, "close"> {
  return {
    tryLock: async (...names) => {
      try {
        return held5(await redlock.acquire(names, EXPIRY), refusal);
      } catch (error) {
        if (error instanceof refusal) return null;
        throw error;
      }
    },
  };
}

const common = { nodes: [1, 3], several: true, prefix: "", value: /^[0-9a-f]{32}$/ };

export const redlock5: Peer = {
  title: "`redlock` 5",
  page: "redlock-5.md",
  dependency: "redlock",
  ...common,
  open(ports) {
    const { clients, close } = clientsOf(ports);
    return { ...locks5(new Redlock(clients, settings), ExecutionError), close };
  },
};

export const fork: Peer = {
  title: "`@sesamecare-oss/redlock`",
  page: "sesamecare-redlock.md",
  dependency: "@sesamecare-oss/redlock",
  ...common,
  open(ports) {
    const { clients, close } = clientsOf(ports);
    return { ...locks5(new Fork(clients, settings), ForkError), close };
  },
};

function held4(lock: Awaited<ReturnType<Redlock4["lock"]>>): Held {
  return {
    extend: () => unlessRefused(lock.extend(EXTENDED), Redlock4.LockError),
    release: () => unlessRefused(lock.unlock(), Redlock4.LockError),
  };
}

export const redlock4: Peer = {
  title: "`redlock` 4",
  page: "redlock-4.md",
  dependency: "redlock-4",
  ...common,
  open(ports) {
    const { clients, close } = clientsOf(ports);
    const redlock = new Redlock4(clients, settings);
    return {
      tryLock: async (...names) => {
        try {
          return held4(await redlock.lock(names, EXPIRY));
        } catch (error) {
          if (error instanceof Redlock4.LockError) return null;
          throw error;
        }
      },
      close,
    };
  },
};
