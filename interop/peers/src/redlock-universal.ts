import {
  createLock,
  createRedlock,
  IoredisAdapter,
  LockAcquisitionError,
  type LockHandle,
  LockManager,
} from "redlock-universal";
import { clientsOf, EXPIRY, EXTENDED, type Held, type Peer } from "./peer.ts";

type Lock = ReturnType<typeof createLock>;

function heldBy(lock: Lock, handle: LockHandle): Held {
  return { extend: () => lock.extend(handle, EXTENDED), release: () => lock.release(handle) };
}

async function nullIfRefused(work: Promise<Held>): Promise<Held | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LockAcquisitionError) return null;
    throw error;
  }
}

function peerOf(
  title: string,
  nodes: number,
  value: RegExp,
  make: (adapters: IoredisAdapter[], key: string, options: object) => Lock,
): Peer {
  return {
    title,
    page: "redlock-universal.md",
    dependency: "redlock-universal",
    nodes: [nodes],
    several: nodes === 1,
    prefix: "",
    value,
    open(ports) {
      const { clients, close } = clientsOf(ports);
      const adapters = clients.map((client) => new IoredisAdapter(client));
      const single = async (key: string) => {
        const lock = make(adapters, key, { ttl: EXPIRY, retryAttempts: 0 });
        return heldBy(lock, await lock.acquire());
      };
      return {
        tryLock: (...names) =>
          nullIfRefused(names.length === 1 ? single(names.join()) : batch(adapters, names)),
        close,
      };
    },
  };
}

/** Several names in one lock, which it has on one server alone. Each has a value of its own. */
async function batch(nodes: IoredisAdapter[], names: string[]): Promise<Held> {
  const manager = new LockManager({ nodes, defaultTTL: EXPIRY, defaultRetryAttempts: 0 });
  const handles = await manager.acquireBatch(names);
  return {
    extend: async () => {
      const extensions = handles.map((each) => manager.createSimpleLock(each.key).extend(each, EXTENDED));
      return (await Promise.all(extensions)).every(Boolean);
    },
    release: async () => (await manager.releaseBatch(handles)).every(Boolean),
  };
}

function onOne(performance: "standard" | "lean") {
  return ([adapter]: IoredisAdapter[], key: string, options: object): Lock => {
    if (adapter === undefined) throw new TypeError("it needs an adapter");
    return createLock({ adapter, key, performance, ...options });
  };
}

const hex = /^[0-9a-f]{32}$/;

export const universal: Peer = peerOf("`redlock-universal`, `createLock`", 1, hex, onOne("standard"));

export const lean: Peer = peerOf(
  '`redlock-universal`, `createLock`, `performance: "lean"`',
  1,
  /^\d+-\w+-\d+$/,
  onOne("lean"),
);

export const universalRedlock: Peer = peerOf(
  "`redlock-universal`, `createRedlock`",
  3,
  hex,
  (adapters, key, options) => createRedlock({ adapters, key, ...options }),
);
