import type { Command, RedisNode, Reply } from "@redsync/core";

/** The value of `takenByOther`. */
export const OTHER = "somebody-else";

/** The nodes (by default all) and the name (by default the case's own) that are tampered with. */
export interface Target {
  readonly nodes?: readonly number[];
  readonly name?: string;
}

/** What others do to the nodes of a case, past all faults. */
export class Tampering {
  readonly #nodes: readonly RedisNode[];
  readonly #name: string;

  constructor(nodes: readonly RedisNode[], name: string) {
    this.#nodes = nodes;
    this.#name = name;
  }

  /** Sends a command to one node. The case's name is taken to be where a cluster would look for it. */
  send(node: number, ...command: Command): Promise<Reply> {
    return this.about(this.#name, node, ...command);
  }

  /** The same for a command about another name. */
  about(name: string, node: number, ...command: Command): Promise<Reply> {
    return (this.#nodes[node] as RedisNode).send(command, { key: name });
  }

  /** Puts somebody else's value under the name for a minute. */
  takenByOther(target: Target = {}): Promise<void> {
    return this.#onEach(target, (name) => ["SET", name, OTHER, "PX", "60000"]);
  }

  /** Removes whatever sits under the name. */
  forget(target: Target = {}): Promise<void> {
    return this.#onEach(target, (name) => ["DEL", name]);
  }

  /** Has the name expire in so many milliseconds. */
  expireIn(ms: number, target: Target = {}): Promise<void> {
    return this.#onEach(target, (name) => ["PEXPIRE", name, `${ms}`]);
  }

  async #onEach(
    { nodes = [...this.#nodes.keys()], name = this.#name }: Target,
    commandOn: (name: string) => Command,
  ): Promise<void> {
    await Promise.all(nodes.map((node) => this.about(name, node, ...commandOn(name))));
  }
}
