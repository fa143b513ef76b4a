import { checkText, kind } from "./check.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Mutex } from "./mutex.ts";
import type { RedisNode } from "./node.ts";
import { type Nodes, nodesOf, targetOf } from "./nodes.ts";
import { checkOptions, type MutexOptions, settle } from "./options.ts";

/** Each costs a command on every node, and all of them have to be answered before one deadline. */
const MAX_NAMES = 1_000;

/**
 * Mutexes over one node, or over N independent ones of which a quorum must agree (Redlock).
 *
 * @example
 * ```ts
 * const redsync = new Redsync([ioredisNode(a), ioredisNode(b), ioredisNode(c)], { expiry: 8_000 });
 * const mutex = redsync.mutex("my-global-mutex");
 * ```
 */
export class Redsync<Fencing extends boolean = false> {
  readonly #nodes: Nodes;
  readonly #defaults: MutexOptions;

  /**
   * @param nodes One node or several, each an independent Redis deployment. All users of a name must give the same ones.
   * @param defaults Options of every mutex, unless it has its own.
   * @throws `TypeError` or `RangeError` for what is no node, no node at all, the same node or client twice, or a wrong option.
   */
  constructor(
    nodes: RedisNode | readonly RedisNode[],
    defaults?: MutexOptions & { readonly fencing?: Fencing },
  );
  constructor(
    nodes: RedisNode | readonly RedisNode[],
    defaults: MutexOptions = {},
    clock: Clock = systemClock,
  ) {
    const list = [nodes].flat() as RedisNode[];
    checkNodes(list);
    checkOptions(defaults);
    settle(defaults);
    this.#nodes = nodesOf(list, clock);
    this.#defaults = { ...defaults };
  }

  /**
   * A mutex of this name. The name is the Redis key, verbatim, which is what lets Go and TypeScript share a lock.
   *
   * Several names, at most 1,000, make one lock that holds all of them or none, in whatever order they are given; it needs a quorum
   * for each.
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
  mutex(name: string | readonly string[], options: MutexOptions = {}): Mutex {
    const names = [name].flat();
    if (names.length === 0) throw new RangeError("mutex() needs at least one name");
    names.forEach((each, index) => {
      checkText(Array.isArray(name) ? `name ${index}` : "name", each);
    });
    checkOptions(options);
    const distinct = [...new Set(names)];
    if (distinct.length > MAX_NAMES)
      throw new RangeError(`mutex() takes at most ${MAX_NAMES} names, not ${distinct.length}`);
    return new Mutex(targetOf(this.#nodes, distinct, settle(this.#defaults, options)));
  }

  /**
   * Resolves when nothing is under way: no command, no late reply that may still come, no undo. For the moment before the
   * client is closed, when all calls have returned: it does not wait for a `lock()` that pauses between two attempts. A node
   * that never answers is waited for no longer than an expiry or two.
   */
  settled(): Promise<void> {
    return this.#nodes.ledger.settled();
  }
}

function checkNodes(nodes: readonly RedisNode[]): void {
  if (nodes.length === 0) throw new RangeError("Redsync needs at least one node");
  const clients: readonly unknown[] = nodes.map((node) => node?.client ?? node);
  nodes.forEach((node, index) => {
    if (typeof (node as Partial<RedisNode> | null | undefined)?.send !== "function")
      throw new TypeError(`node ${index} must be a RedisNode, as of ioredisNode(client), not ${kind(node)}`);
    const first = clients.indexOf(clients[index]);
    if (first < index)
      throw new RangeError(`node ${index} is node ${first} again: a server must not vote twice`);
  });
}
