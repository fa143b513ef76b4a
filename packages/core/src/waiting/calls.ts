import type { Clock } from "../clock.ts";
import { callSafely } from "../events.ts";
import type { NodeHealth } from "../node-health.ts";
import { randomValue } from "../random-value.ts";
import { queueKey } from "./queue-key.ts";
import { leave, type Subscription } from "./subscription.ts";

const PREFIX = "redsync:";
/** For how long a subscription stays while nobody waits. */
const IDLE_MS = 60_000;
/** For how long a node that refused a subscription is not asked for another one. */
const REFUSED_MS = 10_000;
/** After how long without a call a subscription may be lost, and its client not know it. */
const UNHEARD_MS = 30_000;

/** One that waits, as far as it is called. */
export interface Callee {
  /** A node keeps the name for it. Returns false if it does not want it any more. */
  onCall(node: number, name: string): boolean;
  /** That node can call it now, and so can enough others. It may have taken it for dead before, if the subscription `isRenewed`. */
  onReady(node: number, isRenewed: boolean): void;
}

/**
 * How nodes call those that wait in one `Redsync`: by one channel on each node, subscribed to at the first wait and left after a minute
 * without one. Nothing depends on a call: whoever waits asks by itself as well.
 */
export class Calls {
  readonly #nodes: readonly NodeHealth[];
  readonly #clock: Clock;
  /** The last one on each node. */
  readonly #subscriptions: (Subscription | undefined)[];
  /** When a node refused one. */
  readonly #refusedAt: number[];
  readonly #callees = new Map<string, Callee>();
  #channel: string | undefined;
  #count = 0;
  #waiting = 0;
  #idleTimer: unknown;
  /** What a node's clock shows more than this process' monotonic one, in microseconds. */
  #offset: number | undefined;
  /** Whoever is called and not known. */
  onStray: (node: number, id: string) => void = () => {};

  constructor(nodes: readonly NodeHealth[], clock: Clock) {
    this.#nodes = nodes;
    this.#clock = clock;
    this.#subscriptions = nodes.map(() => undefined);
    this.#refusedAt = nodes.map(() => -Infinity);
  }

  /** Whether all nodes have a way to call. */
  get arePossible(): boolean {
    return this.#nodes.every(({ node }) => node.subscribe !== undefined);
  }

  /** Whether a quorum of the nodes can call. */
  get areReady(): boolean {
    let confirmed = 0;
    for (const subscription of this.#subscriptions) if (subscription?.isConfirmed) confirmed++;
    return confirmed > this.#nodes.length / 2;
  }

  /** Whether a quorum of the nodes has a queue for the name, and can call who is in it. */
  serves(name: string): boolean {
    if (queueKey(name) === undefined) return false;
    const isServed = (node: NodeHealth) => this.canCall(node.index) && node.allowsQueues(this.#clock);
    return this.#nodes.filter(isServed).length > this.#nodes.length / 2;
  }

  canCall(node: number): boolean {
    return this.#subscriptions[node]?.isConfirmed === true;
  }

  /** The part of a waiter's id by which nodes find this process. */
  get address(): string {
    this.#channel ??= randomValue().replace(/[^A-Za-z0-9]/g, "");
    return this.#channel;
  }

  /** What the first node that told it had for a clock, in microseconds, at that monotonic time. */
  learn(time: number, at: number): void {
    if (time > 0) this.#offset = time - at * 1_000;
  }

  /** What the nodes' clock showed at that monotonic time, in microseconds; undefined if no node has told it. */
  timeAt(at: number): number | undefined {
    return this.#offset === undefined ? undefined : Math.max(0, Math.floor(this.#offset + at * 1_000));
  }

  /** Somebody begins to wait. */
  begin(): void {
    this.#waiting++;
    this.#clock.clearTimer(this.#idleTimer);
    this.#nodes.forEach((_, node) => {
      this.#open(node, false);
    });
  }

  /** Somebody's wait is over. */
  end(): void {
    if (--this.#waiting > 0 || !this.#subscriptions.some((subscription) => subscription?.isOpen)) return;
    this.#idleTimer = this.#clock.setTimer(() => this.close(), IDLE_MS, false);
  }

  /**
   * Somebody waits, and asks by itself. Where nobody was called for long the channel is left and entered again: to a node that does not
   * reach this process, whoever waits in it is dead.
   */
  renew(): void {
    const present = this.#clock.monotonic();
    this.#subscriptions.forEach((subscription, node) => {
      if (!subscription?.isOpen) this.#open(node, true);
      else if (subscription.isConfirmed && present - subscription.heardAt >= UNHEARD_MS) {
        subscription.isConfirmed = false;
        void leave(subscription).then(() => {
          // They may all have been left meanwhile.
          if (!subscription.isOpen) return;
          subscription.isOpen = false;
          this.#open(node, true);
        });
      }
    });
  }

  /** From now on it may be called, by the number that this returns. */
  expect(callee: Callee): string {
    const number = (++this.#count).toString(36);
    this.#callees.set(number, callee);
    return number;
  }

  forget(number: string): void {
    this.#callees.delete(number);
  }

  /** Leaves all channels. Resolves when the servers know. */
  async close(): Promise<void> {
    this.#clock.clearTimer(this.#idleTimer);
    // Locks that were never unlocked, which may still be in a queue: nobody calls them any more.
    if (this.#waiting === 0) this.#callees.clear();
    const left = this.#subscriptions.map((subscription) => {
      if (!subscription?.isOpen) return undefined;
      subscription.isOpen = false;
      subscription.isConfirmed = false;
      return leave(subscription);
    });
    await Promise.all(left);
  }

  #open(node: number, isRenewed: boolean): void {
    const { node: client } = this.#nodes[node] as NodeHealth;
    const isRefused = this.#clock.monotonic() - (this.#refusedAt[node] as number) < REFUSED_MS;
    if (this.#subscriptions[node]?.isOpen || isRefused || client.subscribe === undefined) return;
    const subscription: Subscription = {
      isOpen: true,
      isConfirmed: false,
      isRenewed,
      heardAt: 0,
      end: undefined,
    };
    this.#subscriptions[node] = subscription;
    const refuse = () => {
      subscription.isOpen = false;
      this.#refusedAt[node] = this.#clock.monotonic();
    };
    try {
      Promise.resolve(
        client.subscribe(PREFIX + this.address, (id) => {
          subscription.heardAt = this.#clock.monotonic();
          callSafely(() => this.#onMessage(node, id));
        }),
      ).then((end) => this.#onOpen(node, subscription, end), refuse);
    } catch {
      refuse();
    }
  }

  #onOpen(node: number, subscription: Subscription, end: () => Promise<void>): void {
    // It was closed meanwhile.
    if (!subscription.isOpen) return void leave({ end });
    subscription.end = end;
    subscription.isConfirmed = true;
    subscription.heardAt = this.#clock.monotonic();
    if (this.areReady)
      for (const callee of [...this.#callees.values()]) callee.onReady(node, subscription.isRenewed);
  }

  /** Anybody who may publish says what they like: what has not our address is no call, and nothing is released for it. */
  #onMessage(node: number, id: string): void {
    const [to = "", number = "", , ...name] = id.split(":");
    if (!to.startsWith("~") || to.slice(2) !== this.address) return;
    const isWanted = this.#callees.get(number)?.onCall(node, name.join(":"));
    if (isWanted !== true) this.onStray(node, id);
  }
}
