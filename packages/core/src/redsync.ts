import { checkText } from "./check.ts";
import { adviceFor, isNode } from "./client-kind.ts";
import { type Clock, systemClock } from "./clock.ts";
import { contextOf, type RedsyncContext, specOf } from "./lock-spec.ts";
import { type Mutex, mutexOf } from "./mutex.ts";
import type { RedisNode } from "./node.ts";
import type { CloseOptions, MutexOptions } from "./options.ts";
import { checkOptions, ofClosing, resolveSettings, type Settings } from "./settings.ts";
import { leaveForStray } from "./waiting/leave.ts";

/** Each is a question to every node, and all of them have to be answered before one deadline. */
const MAX_NAMES = 1_000;

/**
 * Mutexes over one node, or over N independent ones of which a quorum must agree (Redlock).
 *
 * As a type, plain `Redsync` is one with or without `fencing`; `Redsync<true>` is one whose locks have a `token`.
 *
 * @example
 * ```ts
 * const redsync = new Redsync([ioredisNode(a), ioredisNode(b), ioredisNode(c)], { expiry: 8_000 });
 * const mutex = redsync.mutex("my-global-mutex");
 * ```
 */
export interface Redsync<Fencing extends boolean = boolean> {
  /**
   * A mutex of this name. The name is the Redis key, verbatim, which is what lets Go and TypeScript share a lock.
   *
   * Several names, at most 1,000, make one lock that holds all of them or none, in whatever order they are given. It needs a quorum
   * for each. A node is asked about all of them in one command, or in one for each 100; a Cluster in one command for each name.
   *
   * @throws `TypeError` or `RangeError` for a name that is no string, empty or not well-formed Unicode, for no name at all or too
   * many, or a wrong option; with `fencing` also for a name whose fence would lie in another Cluster slot.
   */
  mutex<Fenced extends boolean>(
    name: string | readonly string[],
    options: MutexOptions & { readonly fencing: Fenced },
  ): Mutex<Fenced>;
  mutex(
    name: string | readonly string[],
    options?: MutexOptions & { readonly fencing?: undefined },
  ): Mutex<Fencing>;
  mutex(name: string | readonly string[], options: MutexOptions): Mutex;

  /**
   * Resolves when nothing is under way: no command, no late reply that may still come, no undo. Call it when all calls have returned,
   * before the client is closed or the process exits. It does not wait for a `lock()` that pauses between two attempts. If a node
   * never answers, it waits for no longer than an expiry or two.
   */
  settled(): Promise<void>;

  /**
   * For a process that stops. From now on `lock()`, `tryLock()`, `using()` and `adopt()` reject with a `ClosedError`, those that wait as
   * well. What is held may still be extended, verified and unlocked; it is waited for up to `timeout` milliseconds (default: the
   * `expiry`). What is held then is lost, with the reason "closed": its signal aborts, `using()` rejects, and it is unlocked.
   *
   * Resolves when nothing is under way any more, an expiry or two after `timeout` at the latest. The clients stay open: they are yours.
   * A lock that was handed over is its new owner's. Each call returns the same promise; a later one may shorten the `timeout`. Called
   * inside of `using()` it would wait for itself until `timeout`: do not wait for it there. On Workers it knows no other request's locks.
   *
   * @throws `TypeError` or `RangeError`, as a rejection, for a wrong option.
   */
  close(options?: CloseOptions): Promise<void>;

  /** `await using` closes it at the end of a scope. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What makes a `Redsync`. */
export interface RedsyncConstructor {
  readonly prototype: Redsync;

  /**
   * @param nodes One node or several, each an independent Redis deployment. All users of a name must give the same ones.
   * @param defaults Options of every mutex, unless it has its own.
   * @throws `TypeError` or `RangeError` for what is no node, no node at all, the same node or client twice, or a wrong option.
   */
  new <Fencing extends boolean = false>(
    nodes: RedisNode | readonly RedisNode[],
    defaults?: MutexOptions & { readonly fencing?: Fencing | undefined },
  ): Redsync<Fencing>;
}

// Its methods may be torn off, and called through a Proxy (Vue, lazy injection): they do not look at `this`.
export const Redsync: RedsyncConstructor = class {
  declare readonly mutex: (name: string | readonly string[], options?: MutexOptions) => Mutex<never>;
  declare readonly settled: () => Promise<void>;
  declare readonly close: (options?: CloseOptions) => Promise<void>;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  constructor(given: RedisNode | readonly RedisNode[], defaults?: MutexOptions, clock: Clock = systemClock) {
    const list = [given].flat() as RedisNode[];
    checkNodes(list);
    if (isNode(defaults)) throw new TypeError("several nodes go in an array: new Redsync([a, b])");
    const settings = resolveSettings(defaults);
    const context = contextOf(list, clock);
    context.calls.onStray = (node, id) => leaveForStray(context, node, id);
    this.mutex = (name, options) => namedMutex(context, settings, name, options);
    this.settled = () => context.inFlight.settled();
    this.close = (options) => close(context, settings.expiry, options);
    this[Symbol.asyncDispose] = () => close(context, settings.expiry);
  }
};

function close(
  { lifetime, calls, inFlight }: RedsyncContext,
  expiry: number,
  options: CloseOptions = {},
): Promise<void> {
  try {
    checkOptions(options, ofClosing);
  } catch (error) {
    return Promise.reject(error);
  }
  const settled = () => Promise.all([calls.close(), inFlight.settled()]);
  return lifetime.close(options.timeout ?? expiry, expiry, settled);
}

function namedMutex(
  context: RedsyncContext,
  base: Settings,
  name: string | readonly string[],
  options: MutexOptions | undefined,
): Mutex<never> {
  const names = typeof name === "string" ? [name] : distinct(name);
  if (typeof name === "string") checkText("name", name);
  return mutexOf(specOf(context, Object.freeze(names), resolveSettings(options, base)));
}

/** Several names, each once. */
function distinct(name: unknown): string[] {
  const names = [name].flat() as string[];
  if (names.length === 0) throw new RangeError("mutex() needs at least one name");
  names.forEach((each, index) => {
    checkText(Array.isArray(name) ? `name ${index}` : "name", each);
  });
  const distinct = [...new Set(names)];
  if (distinct.length > MAX_NAMES)
    throw new RangeError(`mutex() takes at most ${MAX_NAMES} names, not ${distinct.length}`);
  return distinct;
}

function checkNodes(nodes: readonly RedisNode[]): void {
  if (nodes.length === 0) throw new RangeError("Redsync needs at least one node");
  const clients: readonly unknown[] = nodes.map((node) => node?.client ?? node);
  nodes.forEach((node, index) => {
    if (!isNode(node)) throw new TypeError(`node ${index} must be a RedisNode, ${adviceFor(node)}`);
    const first = clients.indexOf(clients[index]);
    if (first < index)
      throw new RangeError(`node ${index} is node ${first} again: a server must not vote twice`);
  });
}
