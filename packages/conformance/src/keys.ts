import type { RedisNode, Reply } from "@redsync/core";

/** The key of a name's fence, if the name has no braces. */
export const fenceOf = (name: string): string => `{${name}}:fence`;

/** What nodes have under a case's name, or under another, past all faults. */
export class Keys {
  readonly #nodes: readonly RedisNode[];
  readonly #name: string;

  constructor(nodes: readonly RedisNode[], name: string) {
    this.#nodes = nodes;
    this.#name = name;
  }

  /** What sits under the name on every node. */
  values(name: string = this.#name): Promise<Reply[]> {
    return Promise.all(this.#nodes.map((node) => node.send(["GET", name], { key: name })));
  }

  /** The TTL of the name on every node, in ms. */
  async ttls(name: string = this.#name): Promise<number[]> {
    const ttls = await Promise.all(this.#nodes.map((node) => node.send(["PTTL", name], { key: name })));
    return ttls.map(Number);
  }

  /** What the fence of the name says on every node; 0 if there is none. */
  async fences(name: string = this.#name): Promise<number[]> {
    return (await this.values(fenceOf(name))).map(Number);
  }
}
