import { type Mutex, type MutexOptions, type RedisNode, Redsync } from "@redsync/core";
import { same } from "./assert.ts";
import { type FaultyNode, faulty } from "./faults.ts";
import { mendAll } from "./faulty-nodes.ts";
import { HandClock } from "./hand-clock.ts";
import type { Harness, Opened } from "./harness.ts";
import { fenceOf, Keys } from "./keys.ts";
import { callOf } from "./questions.ts";
import { Tampering } from "./tampering.ts";
import { EXPIRY_20S, expiry20sRound10s } from "./timings.ts";

/** Takes a clock as well, which is not for its users. */
const OnClock = Redsync as unknown as new (
  nodes: readonly RedisNode[],
  defaults: MutexOptions,
  clock?: HandClock,
) => Redsync;

/** What stands in front of a node of a case. */
export type Dress = (node: RedisNode) => FaultyNode;

/** Nodes with faults to be injected, a name that no other case has, and mutexes of that name. */
export class Fixture {
  readonly name: string;
  readonly nodes: readonly FaultyNode[];
  /** The clock of `timed()`. */
  readonly clock: HandClock = new HandClock(() => this.#busy > 0);
  /** What the nodes have under the name, and under others. */
  readonly keys: Keys;
  /** What others do to the nodes. */
  readonly tampering: Tampering;
  /** The name, and what `another()` has made. */
  readonly #names: string[];
  /** The nodes without their faults. */
  readonly #plain: readonly RedisNode[];
  /** How many commands the nodes have not answered yet, whatever sent them. */
  #busy = 0;
  readonly #used: { readonly redsync: Redsync; readonly clock: HandClock | undefined }[] = [];

  private constructor(name: string, { nodes }: Opened, dress: Dress) {
    this.name = name;
    this.#names = [name];
    this.#plain = nodes.map((node) => this.#counted(node));
    this.nodes = this.#plain.map(dress);
    this.keys = new Keys(this.#plain, name);
    this.tampering = new Tampering(this.#plain, name);
  }

  /**
   * Opens nodes for as long as a case plays, and leaves none of its keys on them.
   *
   * Core's script is in their cache, so that a case sees one command for each call.
   */
  static async play(
    harness: Harness,
    count: number,
    play: (fixture: Fixture) => Promise<void>,
    dress: Dress = faulty,
  ): Promise<void> {
    const opened = await harness.openNodes(count);
    same(opened.nodes.length, count, "the number of nodes that were opened");
    const fixture = new Fixture(`conformance:${crypto.randomUUID()}`, opened, dress);
    try {
      await fixture.#cacheScript();
      await play(fixture);
    } finally {
      await fixture.#clear();
      await opened.close();
    }
  }

  /** One more name that no other case has; in a cluster it lies in another slot. */
  another(): string {
    const name = `${this.name}:${this.#names.length}`;
    this.#names.push(name);
    return name;
  }

  /** A `Redsync` over all nodes, faults included. */
  redsync(defaults: MutexOptions = expiry20sRound10s, clock?: HandClock): Redsync {
    const nodes = this.nodes.map(({ node }) => node);
    return this.#remember(new OnClock(nodes, defaults, clock), clock);
  }

  /** A mutex of the fixture's name, or of these, of a `Redsync` of its own. */
  mutex(options: MutexOptions = {}, names: string | readonly string[] = this.name): Mutex {
    return this.redsync({ ...expiry20sRound10s, ...options }).mutex(names);
  }

  /** The same by `fixture.clock`, which only the case moves. */
  timed(options: MutexOptions = {}, names: string | readonly string[] = this.name): Mutex {
    return this.redsync({ ...expiry20sRound10s, ...options }, this.clock).mutex(names);
  }

  /** The same as `mutex()` for somebody else, who meets no faults. */
  rival(options: MutexOptions = {}, names: string | readonly string[] = this.name): Mutex {
    return this.#remember(new Redsync(this.#plain, { ...expiry20sRound10s, ...options })).mutex(names);
  }

  /** The node with its faults. */
  at(node: number): FaultyNode {
    return this.nodes[node] as FaultyNode;
  }

  /** The same thing for each node. */
  each<T>(thing: T): T[] {
    return this.nodes.map(() => thing);
  }

  /** Resolves when no `Redsync` of the fixture has anything under way. Clocks that stand are moved on for as long as that takes. */
  async settled(): Promise<void> {
    await Promise.all(
      this.#used.map(({ redsync, clock }) => (clock ? clock.pass(redsync.settled()) : redsync.settled())),
    );
  }

  /** Resolves if, once everything is settled, no node has the name, nor any other of the fixture. */
  async hasNoKeyLeft(): Promise<void> {
    await this.settled();
    for (const name of this.#names)
      same(await this.keys.values(name), this.each(null), `what is left on the nodes of ${name}`);
  }

  async #cacheScript(): Promise<void> {
    const call = callOf({ operation: "verify", name: this.name, value: "warm-up" });
    await Promise.all(this.nodes.map((_, node) => this.tampering.send(node, ...call)));
  }

  #remember(redsync: Redsync, clock?: HandClock): Redsync {
    this.#used.push({ redsync, clock });
    return redsync;
  }

  #counted(node: RedisNode): RedisNode {
    return {
      ...(node.client && { client: node.client }),
      send: async (command, options) => {
        this.#busy++;
        try {
          return await node.send(command, options);
        } finally {
          this.#busy--;
        }
      },
    };
  }

  /** Mends the nodes, waits for what is under way, and removes what is left. */
  async #clear(): Promise<void> {
    mendAll(this.nodes);
    // What never answers is over then.
    await this.clock.advance(2 * EXPIRY_20S + 1_000);
    await this.settled();
    const keys = this.#names.flatMap((name) => [name, fenceOf(name)]);
    await Promise.all(keys.map((name) => this.tampering.forget({ name })));
  }
}
