import type { Operation } from "../../src/index.ts";
import { Violation } from "./violation.ts";

/** A command that core sent to a node. */
export interface Exchange {
  readonly server: number;
  readonly operation: Operation;
  readonly name: string;
  readonly value: string;
}

/** One of the copies of a command that may reach the server. */
export interface Copy {
  readonly exchange: Exchange;
  /** Nobody hears its reply: it is a duplicate, or its connection is gone. */
  isDeaf: boolean;
}

export type Outcome = number | Error;

type Fact = Sent | Heard | { readonly what: "forgot" };

interface Sent {
  readonly what: "sent";
  readonly exchange: Exchange;
}

interface Heard {
  /** The server ran it, or core heard so. */
  readonly what: "executed" | "answered";
  readonly exchange: Exchange;
  readonly copy: Copy;
  readonly outcome: Outcome;
}

/**
 * What happened between core and each node for each value, in the order of true time. It ignores TTLs: a key that is left
 * behind shows here, though it would be gone by itself when a schedule has come to its end.
 */
export class Journal {
  readonly #threads = new Map<string, Fact[]>();
  readonly #servers: number;
  readonly #saw: (what: string) => void;

  constructor(servers: number, saw: (what: string) => void) {
    this.#servers = servers;
    this.#saw = saw;
  }

  sent(exchange: Exchange): void {
    const facts = this.#thread(exchange.server, exchange.value);
    const undo = facts.findIndex((fact) => isSent(fact, "release"));
    if (exchange.operation === "release" && undo >= 0 && facts.slice(undo).some(isHeardGrant))
      this.#saw("late grant taken back");
    facts.push({ what: "sent", exchange });
  }

  executed(copy: Copy, outcome: Outcome): void {
    const { exchange } = copy;
    const facts = this.#thread(exchange.server, exchange.value);
    if (exchange.operation === "acquire" && facts.some((fact) => isExecuted(fact, "release")))
      this.#saw("copy after undo");
    facts.push({ what: "executed", exchange, copy, outcome });
  }

  answered(copy: Copy, outcome: Outcome): void {
    const { exchange } = copy;
    this.#thread(exchange.server, exchange.value).push({ what: "answered", exchange, copy, outcome });
  }

  forgot(server: number): void {
    for (const [key, facts] of this.#threads)
      if (key.startsWith(`${server} `)) facts.push({ what: "forgot" });
  }

  /** Holds core to the promise that a call which is over, whose value this is, leaves no key behind. */
  checkFinished(value: string, mayRetake: boolean): void {
    for (let server = 0; server < this.#servers; server++) {
      const facts = this.#thread(server, value);
      const where = `value ${value} on node ${server}`;
      if (!mayRetake) checkOrder(facts, where);
      checkUndone(facts, where);
      checkNothingLeft(facts, where);
    }
  }

  #thread(server: number, value: string): Fact[] {
    const key = `${server} ${value}`;
    const facts = this.#threads.get(key) ?? [];
    this.#threads.set(key, facts);
    return facts;
  }
}

/** A value is never asked for after it was taken back: on any connection, that could overtake. */
function checkOrder(facts: readonly Fact[], where: string): void {
  const release = facts.findIndex((fact) => isSent(fact, "release"));
  if (release >= 0 && facts.slice(release).some((fact) => isSent(fact, "acquire")))
    throw new Violation("no acquire after its undo", where);
}

/** A node that was asked, and did not say that it had done nothing, was told to delete. */
function checkUndone(facts: readonly Fact[], where: string): void {
  const last = facts.findLastIndex((fact) => isSent(fact, "acquire") && !didNothing(facts, fact.exchange));
  if (last >= 0 && !facts.slice(last).some((fact) => isSent(fact, "release")))
    throw new Violation("everything undone", `${where} was asked for and never taken back`);
}

function didNothing(facts: readonly Fact[], exchange: Exchange): boolean {
  return facts.some(
    (fact) =>
      fact.what === "answered" && fact.exchange === exchange && fact.outcome !== 1 && fact.outcome !== -1,
  );
}

function checkNothingLeft(facts: readonly Fact[], where: string): void {
  const set = facts.findLastIndex((fact) => isExecuted(fact, "acquire") && fact.outcome === 1);
  const gone = facts.findLastIndex(
    (fact) => fact.what === "forgot" || (isExecuted(fact, "release") && typeof fact.outcome === "number"),
  );
  if (set < 0 || set < gone) return;
  const { copy } = facts[set] as Heard;
  const heard = facts.findIndex((fact) => fact.what === "answered" && fact.copy === copy);
  // What no reply can tell ends with its TTL.
  if (heard < 0) return;
  const undos = facts.slice(heard).filter((fact) => isSent(fact, "release"));
  if (undos.length === 0) throw new Violation("nothing left behind", `${where}: granted, heard, and kept`);
  if (!undos.some(({ exchange }) => wasLost(facts, exchange)))
    throw new Violation("nothing left behind", `${where}: taken back in vain`);
}

/** Never ran, or ran into a missing script and the server's word of it was lost. */
function wasLost(facts: readonly Fact[], exchange: Exchange): boolean {
  const runs = facts.filter((fact) => isExecuted(fact, "release")).filter((run) => run.exchange === exchange);
  if (runs.length === 0) return true;
  const isAnswered = facts.some((fact) => fact.what === "answered" && fact.exchange === exchange);
  return !isAnswered && runs.every((fact) => fact.outcome instanceof Error);
}

function isSent(fact: Fact, operation: Operation): fact is Sent {
  return fact.what === "sent" && fact.exchange.operation === operation;
}

function isHeardGrant(fact: Fact): boolean {
  return fact.what === "answered" && fact.exchange.operation === "acquire" && fact.outcome === 1;
}

function isExecuted(fact: Fact, operation: Operation): fact is Heard {
  return fact.what === "executed" && fact.exchange.operation === operation;
}
