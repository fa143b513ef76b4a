import {
  type Command,
  type Mutex,
  type MutexOptions,
  type Operation,
  type RedisNode,
  Redsync,
  type Reply,
  script,
} from "@redsync/core";
import { same } from "./assert.ts";
import { type FaultyNode, faulty, type Match } from "./faults.ts";
import type { Capability, Case, Harness, Opened } from "./harness.ts";

/** How long things take in a case. */
type Pace = Required<Pick<MutexOptions, "expiry" | "timeoutFactor" | "retryDelay">>;

/** For promises that are not about time: a deadline that a slow machine does not meet by accident. */
export const calm: Pace = { expiry: 20_000, timeoutFactor: 0.5, retryDelay: 10 };

/** For promises about a round's deadline, 150 ms, long before the expiry. */
export const brisk: Pace = { expiry: 3_000, timeoutFactor: 0.05, retryDelay: 10 };

/** For nodes that never answer: what is under way ends with the expiry. */
export const fleeting: Pace = { expiry: 200, timeoutFactor: 0.5, retryDelay: 10 };

/** For promises about a lock that has run out: a round may take nearly all of the 200 ms. */
export const brief: Pace = { expiry: 200, timeoutFactor: 0.9, retryDelay: 10 };

/** The deadline of a round under the `brisk` options, less what timers and clocks may be off by, in ms. */
export const DEADLINE = 140;

/** Where a case plays: nodes with faults to be injected, and a name that no other case has. */
export class Stage {
  readonly name: string;
  readonly nodes: readonly FaultyNode[];
  readonly #opened: Opened;
  readonly #used: Redsync[] = [];

  private constructor(name: string, opened: Opened, dress: (node: RedisNode) => FaultyNode) {
    this.name = name;
    this.#opened = opened;
    this.nodes = opened.nodes.map(dress);
  }

  /** Opens the nodes, with core's script in their cache, so that a case sees one command for each call. */
  static async open(
    harness: Harness,
    count: number,
    dress: (node: RedisNode) => FaultyNode = faulty,
  ): Promise<Stage> {
    const stage = new Stage(`conformance:${crypto.randomUUID()}`, await harness.openNodes(count), dress);
    same(stage.nodes.length, count, "the number of nodes that were opened");
    await Promise.all(stage.nodes.map((_, node) => stage.#cacheScript(node)));
    return stage;
  }

  async #cacheScript(node: number): Promise<void> {
    await this.raw(node, "EVAL", script.lua, "1", this.name, "warm-up", "verify");
  }

  /** A `Redsync` over all nodes, faults included; `calm` unless told otherwise. */
  redsync(defaults: MutexOptions = calm): Redsync {
    return this.#remember(
      new Redsync(
        this.nodes.map(({ node }) => node),
        defaults,
      ),
    );
  }

  /** A mutex of the stage's name, of a `Redsync` of its own. */
  mutex(options: MutexOptions = {}): Mutex {
    return this.redsync({ ...calm, ...options }).mutex(this.name);
  }

  /** The same for somebody else, who meets no faults. */
  rival(options: MutexOptions = {}): Mutex {
    const redsync = new Redsync([...this.#opened.nodes], { ...calm, ...options });
    return this.#remember(redsync).mutex(this.name);
  }

  /** The index of every node. */
  get all(): readonly number[] {
    return this.nodes.map((_, node) => node);
  }

  #remember(redsync: Redsync): Redsync {
    this.#used.push(redsync);
    return redsync;
  }

  /** The node itself, without faults. */
  real(node: number): RedisNode {
    return this.#opened.nodes[node] as RedisNode;
  }

  /** The node with its faults. */
  at(node: number): FaultyNode {
    return this.nodes[node] as FaultyNode;
  }

  /** Sends a command to the node itself, past all faults. The name is taken to be where a cluster would look for it. */
  raw(node: number, ...command: Command): Promise<Reply> {
    return this.real(node).send(command, { key: this.name });
  }

  /** Somebody else's value, put under the name on these nodes (default: all) for a minute. */
  async takenByOther(nodes: readonly number[] = this.all): Promise<void> {
    await Promise.all(nodes.map((node) => this.raw(node, "SET", this.name, OTHER, "PX", "60000")));
  }

  /** Removes whatever sits under the name on these nodes (default: all). */
  async forget(nodes: readonly number[] = this.all): Promise<void> {
    await Promise.all(nodes.map((node) => this.raw(node, "DEL", this.name)));
  }

  /** What sits under the name on every node. */
  values(name: string = this.name): Promise<Reply[]> {
    return this.#ofEach((node) => this.real(node).send(["GET", name], { key: name }));
  }

  /** The TTL of the name on every node, in ms. */
  ttls(): Promise<number[]> {
    return this.#ofEach(async (node) => Number(await this.raw(node, "PTTL", this.name)));
  }

  #ofEach<T>(ask: (node: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.nodes.map((_, node) => ask(node)));
  }

  /** The same thing for each node. */
  each<T>(thing: T): T[] {
    return this.nodes.map(() => thing);
  }

  /** How many commands the mutexes have sent, faults or not. */
  get sent(): number {
    return this.nodes.reduce((sum, { sent }) => sum + sent.length, 0);
  }

  /**
   * Ends every fault, on all nodes.
   *
   * What the faults were to show has been shown by then; what core sends again to nodes that are back is soon done, and to
   * those that stay away it takes half a second in every case.
   */
  mend(): void {
    for (const node of this.nodes) node.mend();
  }

  /** Resolves when no `Redsync` of the stage has anything under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#used.map((redsync) => redsync.settled()));
  }

  /** Holds where, once everything is settled, no node has the name. */
  async hasNoKeyLeft(): Promise<void> {
    await this.settled();
    same(await this.values(), this.each(null), "what is left on the nodes");
  }

  /** Mends the nodes, waits for what is under way, removes what is left and gives the nodes back. */
  async close(): Promise<void> {
    this.mend();
    await this.settled();
    await this.forget();
    await this.#opened.close();
  }
}

/** The value of `takenByOther`. */
export const OTHER = "somebody-else";

/** Matches the calls of core's script for one of its operations, by digest or by text. */
export function calling(operation: Operation): Match {
  return ([word, , keys, ...args]) => word.startsWith("EVAL") && args[Number(keys) + 1] === operation;
}

type Play = (stage: Stage) => Promise<void>;

/** A case over so many nodes. */
export function over(
  count: number,
  name: string,
  play: Play,
  needs: readonly Capability[] = [],
  dress: (node: RedisNode) => FaultyNode = faulty,
): Case {
  return {
    name: `${name} (${count === 1 ? "1 node" : `${count} nodes`})`,
    needs: count > 1 ? ["several", ...needs] : needs,
    async run(harness) {
      const stage = await Stage.open(harness, count, dress);
      try {
        await play(stage);
      } finally {
        await stage.close();
      }
    },
  };
}

/** The same case over several numbers of nodes. */
export function overEach(
  counts: readonly number[],
  name: string,
  play: Play,
  needs: readonly Capability[] = [],
): readonly Case[] {
  return counts.map((count) => over(count, name, play, needs));
}

const faultless = (node: RedisNode): FaultyNode => ({
  ...faulty(node),
  inject() {
    throw new Error("on a happy path nothing goes wrong");
  },
});

/** A case over so many nodes in which nothing goes wrong. */
export function happily(count: number, name: string, play: Play, needs: readonly Capability[] = []): Case {
  return { ...over(count, name, play, needs, faultless), isHappy: true };
}

/** The same over several numbers of nodes. */
export function happilyEach(
  counts: readonly number[],
  name: string,
  play: Play,
  needs: readonly Capability[] = [],
): readonly Case[] {
  return counts.map((count) => happily(count, name, play, needs));
}
