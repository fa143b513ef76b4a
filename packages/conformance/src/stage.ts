import {
  type Command,
  type Mutex,
  type MutexOptions,
  type RedisNode,
  Redsync,
  type Reply,
} from "@redsync/core";
import { same } from "./assert.ts";
import { type FaultyNode, faulty } from "./faults.ts";
import { HandClock } from "./hand-clock.ts";
import type { Capability, Case, Harness, Opened } from "./harness.ts";
import { callOf } from "./questions.ts";

/** How long things take in a case. */
type Pace = {
  readonly [Option in "expiry" | "timeoutFactor" | "retryDelay"]: Exclude<MutexOptions[Option], undefined>;
};

/**
 * The pace of every case, unless it says otherwise: a round may take 10 s, and a key stays for 20 s. A machine that stands still
 * for seconds meets both.
 */
export const calm: Pace = { expiry: 20_000, timeoutFactor: 0.5, retryDelay: 10 };

/** For promises about a round's deadline, which comes long before the expiry. Only by a clock that the case moves. */
export const brisk: Pace = { expiry: 20_000, timeoutFactor: 0.05, retryDelay: 10 };

/** The deadline of a round under the `brisk` options, in ms. */
export const DEADLINE: number = brisk.expiry * brisk.timeoutFactor;

/** What passes between two extensions of a lock that renews itself, in ms, rounded up. */
export const PERIOD: number = Math.ceil(calm.expiry / 3);

/** Takes a clock as well, which its users are not told of. */
const OnClock = Redsync as unknown as new (
  nodes: readonly RedisNode[],
  defaults: MutexOptions,
  clock?: HandClock,
) => Redsync;

/** Where a case plays: nodes with faults to be injected, and a name that no other case has. */
export class Stage {
  readonly name: string;
  /** The name, and what `another()` has made. */
  readonly #names: string[];
  readonly nodes: readonly FaultyNode[];
  /** The clock of `timed()`. */
  readonly clock: HandClock = this.anotherClock();
  readonly #opened: Opened;
  /** The nodes without their faults. */
  readonly #plain: readonly RedisNode[];
  /** How many commands the nodes have not answered yet, whoever sent them. */
  #busy = 0;
  readonly #used: { readonly redsync: Redsync; readonly clock: HandClock | undefined }[] = [];

  private constructor(name: string, opened: Opened, dress: (node: RedisNode) => FaultyNode) {
    this.name = name;
    this.#names = [name];
    this.#opened = opened;
    this.#plain = opened.nodes.map((node) => this.#counted(node));
    this.nodes = this.#plain.map(dress);
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
    await this.raw(node, ...callOf({ operation: "verify", name: this.name, value: "warm-up" }));
  }

  /** One more name that no other case has; in a cluster it lies in another slot. */
  another(): string {
    const name = `${this.name}:${this.#names.length}`;
    this.#names.push(name);
    return name;
  }

  /** A `Redsync` over all nodes, faults included; `calm` unless told otherwise. */
  redsync(defaults: MutexOptions = calm, clock?: HandClock): Redsync {
    const nodes = this.nodes.map(({ node }) => node);
    return this.#remember(new OnClock(nodes, defaults, clock), clock);
  }

  /** A mutex of the stage's name, or of these, of a `Redsync` of its own. */
  mutex(options: MutexOptions = {}, names: string | readonly string[] = this.name): Mutex {
    return this.redsync({ ...calm, ...options }).mutex(names);
  }

  /** The same by `stage.clock`, which only the case moves. */
  timed(options: MutexOptions = {}, names: string | readonly string[] = this.name): Mutex {
    return this.redsync({ ...calm, ...options }, this.clock).mutex(names);
  }

  /** A clock that only the case moves, for one more machine. */
  anotherClock(): HandClock {
    return new HandClock(() => this.#busy > 0);
  }

  /** The same as `mutex()` for somebody else, who meets no faults. */
  rival(options: MutexOptions = {}, names: string | readonly string[] = this.name): Mutex {
    return this.#remember(new Redsync(this.#plain, { ...calm, ...options })).mutex(names);
  }

  /** The index of every node. */
  get all(): readonly number[] {
    return this.nodes.map((_, node) => node);
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

  /** The node itself, without faults. */
  real(node: number): RedisNode {
    return this.#plain[node] as RedisNode;
  }

  /** The node with its faults. */
  at(node: number): FaultyNode {
    return this.nodes[node] as FaultyNode;
  }

  /** Sends a command to the node itself, past all faults. The name is taken to be where a cluster would look for it. */
  raw(node: number, ...command: Command): Promise<Reply> {
    return this.about(this.name, node, ...command);
  }

  /** The same for a command about another name. */
  about(name: string, node: number, ...command: Command): Promise<Reply> {
    return this.real(node).send(command, { key: name });
  }

  /** Somebody else's value, put under the name on these nodes (default: all) for a minute. */
  async takenByOther(nodes: readonly number[] = this.all, name: string = this.name): Promise<void> {
    await Promise.all(nodes.map((node) => this.about(name, node, "SET", name, OTHER, "PX", "60000")));
  }

  /** Removes whatever sits under the name on these nodes (default: all). */
  async forget(nodes: readonly number[] = this.all, name: string = this.name): Promise<void> {
    await Promise.all(nodes.map((node) => this.about(name, node, "DEL", name)));
  }

  /** What sits under the name on every node. */
  values(name: string = this.name): Promise<Reply[]> {
    return this.#ofEach((node) => this.about(name, node, "GET", name));
  }

  /** The TTL of the name on every node, in ms. */
  ttls(name: string = this.name): Promise<number[]> {
    return this.#ofEach(async (node) => Number(await this.about(name, node, "PTTL", name)));
  }

  /** What the fence of the name says on every node; 0 where there is none. */
  async fences(name: string = this.name): Promise<number[]> {
    return (await this.values(fenceOf(name))).map(Number);
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

  /** Resolves when no `Redsync` of the stage has anything under way. Clocks that stand are moved on for as long as that takes. */
  async settled(): Promise<void> {
    await Promise.all(
      this.#used.map(({ redsync, clock }) => (clock ? clock.pass(redsync.settled()) : redsync.settled())),
    );
  }

  /** Holds where, once everything is settled, no node has the name, nor any other of the stage. */
  async hasNoKeyLeft(): Promise<void> {
    await this.settled();
    for (const name of this.#names)
      same(await this.values(name), this.each(null), `what is left on the nodes of ${name}`);
  }

  /** Mends the nodes, waits for what is under way, removes what is left and gives the nodes back. */
  async close(): Promise<void> {
    this.mend();
    // What never answers is over then.
    await this.clock.advance(2 * calm.expiry + 1_000);
    await this.settled();
    const keys = this.#names.flatMap((name) => [name, fenceOf(name)]);
    await Promise.all(keys.map((key) => this.forget(this.all, key)));
    await this.#opened.close();
  }
}

/** The value of `takenByOther`. */
export const OTHER = "somebody-else";

/** The key of a name's fence, where the name has no braces. */
export const fenceOf = (name: string): string => `{${name}}:fence`;

const LANES = 4;

/** Goes through a long list, some items at a time, each with a name that nobody else has meanwhile. */
export async function inLanes<T>(
  stage: Stage,
  items: readonly T[],
  play: (name: string, item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const lane = async () => {
    const name = stage.another();
    for (const item of left) await play(name, item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
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
    title: `${name} (${count === 1 ? "1 node" : `${count} nodes`})`,
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
    throw new Error("this case is said to be without faults");
  },
});

/** A case over so many nodes in which nothing goes wrong. */
export function happily(count: number, name: string, play: Play, needs: readonly Capability[] = []): Case {
  return { ...over(count, name, play, needs, faultless), isFaultless: true };
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
