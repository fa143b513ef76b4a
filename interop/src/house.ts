import { callOf, type Question } from "@redsync/conformance/questions";
import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { type Lock, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { expect } from "vitest";

/** An expiry in ms that no test waits for; and so long that what is asked meanwhile is answered in time, also by Go. */
export const LONG = 60_000;

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

  /** Ours, over these ports: an expiry is `LONG` unless told otherwise, and a round may take half of it. */
  redsync(ports = this.ports, keyPrefix = ""): Redsync {
    const clients = ports.map((port) => new Redis(port, { keyPrefix }));
    this.#clients.push(...clients);
    for (const each of clients) each.on("error", () => {});
    return new Redsync(
      clients.map((each) => ioredisNode(each)),
      { expiry: LONG, timeoutFactor: 0.5, tries: Number.POSITIVE_INFINITY },
    );
  }

  /** What each server says. */
  async ask(...command: string[]): Promise<unknown[]> {
    return Promise.all(this.servers.map((server) => server.command(...command)));
  }

  /**
   * Unlocks the name while a waiter stands in its queue, which is slow to come: every server keeps the name for it. Returns what has it
   * leave.
   */
  async keepFor(name: string, lock: Lock): Promise<() => Promise<void>> {
    const id = `~pslow:1:${LONG}:${name}`;
    const about = { name, queue: `{${name}}:queue` };
    const ask = (question: Question) => this.ask(...callOf(question, LONG));
    await ask({ ...about, operation: "acquire", value: "slow", entry: `${Date.now() * 1_000} 0 ${id}` });
    expect(await lock.unlock()).toBe("released");
    await expect.poll(() => this.ask("GET", name)).toEqual(this.servers.map(() => id));
    return async () => {
      await ask({ ...about, operation: "release", value: id });
    };
  }

  /**
   * That a quorum has this value under the name, for so many milliseconds more at the least, and nobody another: an attempt
   * that meets the last holder's unlock half-way is granted by those that have run it. What a node keeps for whoever waits ("~") is
   * nobody's.
   */
  async expectHeld(name: string, value: string, atLeast = 1): Promise<void> {
    const values = await this.ask("GET", name);
    const holding = this.servers.filter((_, node) => values[node] === value);
    expect(holding.length).toBeGreaterThan(this.servers.length / 2);
    const others = values.filter((other) => other !== value && other !== null);
    expect(others.filter((other) => !String(other).startsWith("~"))).toEqual([]);
    for (const server of holding) {
      expect(await server.command("PTTL", name)).toBeGreaterThanOrEqual(atLeast);
    }
  }

  /** What the last node is still asked when a quorum has unlocked the name may come a little later. */
  async expectFree(name: string): Promise<void> {
    const none = this.servers.map(() => 0);
    await expect.poll(() => this.ask("EXISTS", name), { timeout: 60_000 }).toEqual(none);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}
