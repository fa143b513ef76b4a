import type { Lock } from "@redsync/core";
import type { Coverage } from "./coverage.ts";
import type { Server } from "./server.ts";

const SECOND = 1_000_000;

/** A name that a fenced lock was given for, its token, and what that may have been. */
export interface Grant {
  readonly name: string;
  readonly value: string;
  readonly token: number;
  readonly least: number;
  readonly most: number;
  /** How often servers had forgotten their counters. */
  readonly forgotten: number;
  /** The grants of the name before it. */
  readonly earlier: readonly Grant[];
}

/** In which order each name went from hand to hand, and with which tokens. */
export class TokenOrder {
  readonly #servers: readonly Server[];
  readonly #coverage: Coverage;
  readonly #last = new Map<string, string>();
  readonly #grants = new Map<string, readonly Grant[]>();
  readonly #tokens = new Map<string, number>();
  #forgotten = 0;

  constructor(servers: readonly Server[], coverage: Coverage) {
    this.#servers = servers;
    this.#coverage = coverage;
  }

  /** A server lost its counters. */
  forgot(): void {
    this.#forgotten++;
  }

  /** The least that the token of a lock may be which is asked for now: a second less than the slowest node's clock. */
  get least(): number {
    return Math.min(...this.#servers.map((server) => server.time())) - SECOND;
  }

  /** The value that a name was given to last. */
  lastOf(name: string): string | undefined {
    return this.#last.get(name);
  }

  /** The token of a lock that was given, by its value. */
  tokenOf(value: string): number | undefined {
    return this.#tokens.get(value);
  }

  /** A lock was given, by a call that began when tokens had to be at least so large. */
  given({ names, value, token }: Lock, least: number): Grant[] {
    for (const name of names) {
      if (token === undefined && this.#grants.has(name)) this.#coverage.count("unfenced in between");
      this.#last.set(name, value);
    }
    if (token === undefined) return [];
    this.#tokens.set(value, token);
    const most = this.#most;
    return names.map((name) => {
      const earlier = this.#grants.get(name) ?? [];
      const grant = { name, value, token, least, most, forgotten: this.#forgotten, earlier };
      this.#grants.set(name, [...earlier, grant]);
      this.#cover(grant);
      return grant;
    });
  }

  #cover({ earlier, forgotten, least }: Grant): void {
    for (const before of earlier)
      if (before.forgotten < forgotten && before.most < least)
        this.#coverage.count("token after lost counters");
    this.#coverage.count(earlier.length > 0 ? "token grown" : "first token");
  }

  /** The most that a token may be which is given now: each acquire may have moved a fence by one beyond the fastest clock. */
  get #most(): number {
    const acquired = this.#servers.reduce((sum, server) => sum + server.acquired, 0);
    return Math.max(...this.#servers.map((server) => server.time())) + SECOND + acquired;
  }
}
