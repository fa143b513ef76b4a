import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { expect } from "vitest";

/** Real servers that two languages lock on. */
export class House implements AsyncDisposable {
  readonly servers: readonly RedisServer[];
  readonly #clients: Redis[] = [];

  private constructor(servers: readonly RedisServer[]) {
    this.servers = servers;
  }

  static async open(count: number): Promise<House> {
    return new House(await startServers(count));
  }

  get ports(): readonly number[] {
    return this.servers.map(({ port }) => port);
  }

  /** Ours, over these ports. */
  redsync(ports = this.ports, keyPrefix = ""): Redsync {
    const clients = ports.map((port) => new Redis(port, { keyPrefix }));
    this.#clients.push(...clients);
    for (const each of clients) each.on("error", () => {});
    return new Redsync(clients.map((each) => ioredisNode(each)));
  }

  /** What each server says. */
  async ask(...command: string[]): Promise<unknown[]> {
    return Promise.all(this.servers.map((server) => server.command(...command)));
  }

  /** That each server has this value under the name, for so many milliseconds more at the least. */
  async expectHeld(name: string, value: string, atLeast = 1): Promise<void> {
    expect(await this.ask("GET", name)).toEqual(this.servers.map(() => value));
    for (const ttl of await this.ask("PTTL", name)) expect(ttl).toBeGreaterThanOrEqual(atLeast);
  }

  async expectFree(name: string): Promise<void> {
    expect(await this.ask("EXISTS", name)).toEqual(this.servers.map(() => 0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}
