import type { Lock } from "@redsync/core";
import type { Holding } from "./holdings.ts";
import type { Server } from "./server.ts";
import { Violation } from "./violation.ts";

const SECOND = 1_000_000;

/** A fenced lock that was given, and what its token may have been at most. */
interface Grant {
  readonly value: string;
  readonly token: number;
  readonly most: number;
  /** How often servers had forgotten their counters. */
  readonly forgotten: number;
}

/** In which order each name went from hand to hand, and whether the tokens tell. */
export class Succession {
  readonly #servers: readonly Server[];
  readonly #checksStorage: boolean;
  readonly #saw: (what: string) => void;
  readonly #last = new Map<string, string>();
  readonly #grants = new Map<string, Grant[]>();
  readonly #tokens = new Map<string, number>();
  #forgotten = 0;

  constructor(servers: readonly Server[], checksStorage: boolean, saw: (what: string) => void) {
    this.#servers = servers;
    this.#checksStorage = checksStorage;
    this.#saw = saw;
  }

  forgot(): void {
    this.#forgotten++;
  }

  /** The least that the token of a lock may be which is asked for now: a second less than the slowest node's clock. */
  get least(): number {
    return Math.min(...this.#servers.map((server) => server.time())) - SECOND;
  }

  /** A lock was given, by a call that began when tokens had to be at least so large. */
  given({ names, value, token }: Lock, least: number): void {
    for (const name of names) {
      if (token !== undefined) this.#fenced(name, { value, token, ...this.#bounds() }, least);
      else if (this.#grants.has(name)) this.#saw("unfenced in between");
      this.#last.set(name, value);
    }
    if (token !== undefined) this.#tokens.set(value, token);
  }

  /** A server extended or repaired the value. */
  kept(server: Server, name: string, value: string): void {
    const token = this.#tokens.get(value);
    if (token === undefined || server.fence(name) >= token) return;
    throw new Violation("the fence goes along", `${value} without its ${token} on node ${server.index}`);
  }

  check(valid: readonly Holding[], mayRetake: boolean): void {
    for (const { lock } of valid)
      for (const name of lock.names) {
        if (!mayRetake && this.#last.get(name) !== lock.value)
          throw new Violation(
            "nobody in between",
            `${lock.value} holds ${name} after ${this.#last.get(name)}`,
          );
        if (this.#checksStorage) this.#checkStored(lock, name);
      }
  }

  #bounds(): Pick<Grant, "most" | "forgotten"> {
    const acquired = this.#servers.reduce((sum, { acquired }) => sum + acquired, 0);
    const most = Math.max(...this.#servers.map((server) => server.time())) + SECOND + acquired;
    return { most, forgotten: this.#forgotten };
  }

  #fenced(name: string, grant: Grant, least: number): void {
    const { value, token, most } = grant;
    const earlier = this.#grants.get(name) ?? [];
    for (const before of earlier) {
      const isForgotten = before.forgotten < this.#forgotten;
      const isFar = before.most < least;
      if (isForgotten && isFar) this.#saw("token after lost counters");
      if (token > before.token || (isForgotten && !isFar)) continue;
      throw new Violation(
        "tokens grow",
        `${name}: ${before.value} had ${before.token}, then ${value} ${token}`,
      );
    }
    if (!Number.isSafeInteger(token) || token < least || token > most)
      throw new Violation("tokens go by the nodes' clocks", `${value}: ${token}, not ${least} to ${most}`);
    this.#saw(earlier.length > 0 ? "token grown" : "first token");
    this.#grants.set(name, [...earlier, grant]);
  }

  /** Whoever comes next meets it, on a node that has both the value and the token. */
  #checkStored({ value, token }: Lock, name: string): void {
    if (token === undefined) return;
    const stored = this.#servers.filter(
      (server) => server.stores(name, value) && server.fence(name) >= token,
    );
    if (stored.length > this.#servers.length / 2) return;
    throw new Violation(
      "a quorum stores its token",
      `${value} has ${token} for ${name}, ${stored.length} of ${this.#servers.length} nodes store it`,
    );
  }
}
