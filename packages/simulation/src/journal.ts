import { checkLost, checkNothingLeft, checkOrder, checkRepaired, checkUndone } from "./debts.ts";
import {
  type Copy,
  type Exchange,
  type Fact,
  isExecuted,
  isExtension,
  isHeardGrant,
  isSent,
  keeps,
  type Outcome,
  puts,
} from "./facts.ts";
import { Violation } from "./violation.ts";

/** What the journal needs to know of the world. */
export interface Surroundings {
  readonly saw: (what: string) => void;
  readonly fail: (violation: Violation) => void;
  readonly now: () => number;
  /** Whether nobody holds the value any more, by his own clock. */
  readonly isOver: (value: string) => boolean;
}

/**
 * What happened between core and each node for each value, in the order of true time. It ignores TTLs: a key that is left
 * behind shows here, though it would be gone by itself when a schedule has come to its end.
 */
export class Journal {
  /** By value, then by server and name. */
  readonly #threads = new Map<string, Map<string, Fact[]>>();
  readonly #unlocked = new Set<string>();
  readonly #extendedAt = new Map<string, number>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  sent(exchange: Exchange): void {
    const { operation, value, server, name, isText } = exchange;
    const { saw, fail, now } = this.#around;
    const facts = this.#thread(exchange);
    if (this.#unlocked.has(value) && keeps(operation) && !isText)
      fail(
        new Violation("nothing sent after unlock", `${operation} of ${value} for ${name} to node ${server}`),
      );
    if (isExtension(operation) || operation === "repair") this.#extendedAt.set(value, now());
    const undo = facts.findIndex((fact) => isSent(fact, "release"));
    if (operation === "release" && undo >= 0 && facts.slice(undo).some(isHeardGrant))
      saw("late grant taken back");
    facts.push({ what: "sent", exchange, at: now() });
  }

  executed(copy: Copy, outcome: Outcome): void {
    const { exchange } = copy;
    const facts = this.#thread(exchange);
    if (puts(exchange.operation) && facts.some((fact) => isExecuted(fact, "release")))
      this.#around.saw(exchange.operation === "acquire" ? "copy after undo" : "repair after undo");
    facts.push({ what: "executed", exchange, copy, outcome, isOver: false });
  }

  answered(copy: Copy, outcome: Outcome): void {
    const { exchange } = copy;
    const isOver = exchange.operation === "repair" && this.#around.isOver(exchange.value);
    this.#thread(exchange).push({ what: "answered", exchange, copy, outcome, isOver });
  }

  forgot(server: number): void {
    for (const threads of this.#threads.values())
      for (const [where, facts] of threads)
        if (where.startsWith(`${server} `)) facts.push({ what: "forgot" });
  }

  /** From now on nothing asks to keep the value. */
  unlocking(value: string): void {
    this.#unlocked.add(value);
  }

  /** The nodes said that the value is lost, in a round that took no longer than this. */
  lost(value: string, timeout: number): void {
    const since = this.#around.now() - timeout;
    for (const facts of this.#threads.get(value)?.values() ?? []) facts.push({ what: "lost", since });
  }

  /** Holds core to the promise that a call which is over, whose value this is, leaves no key behind. */
  checkFinished(value: string, mayRetake: boolean): void {
    for (const [place, facts] of this.#threads.get(value) ?? []) {
      const where = `value ${value} on node ${place}`;
      if (!mayRetake) checkOrder(facts, where);
      checkUndone(facts, where);
      checkNothingLeft(facts, where);
    }
  }

  /** When an extension of the value was last sent. */
  extendedAt(value: string): number {
    return this.#extendedAt.get(value) ?? 0;
  }

  /** Holds core to the promise that a value which was found lost is deleted where it still is. */
  checkLost(value: string): void {
    for (const [place, facts] of this.#threads.get(value) ?? [])
      checkLost(facts, `value ${value} on node ${place}`);
  }

  /** Holds core to what it owes for a value that nobody unlocked. */
  checkLeft(value: string): void {
    for (const [place, facts] of this.#threads.get(value) ?? []) {
      const where = `value ${value} on node ${place}`;
      checkLost(facts, where);
      checkRepaired(facts, where);
    }
  }

  get values(): Iterable<string> {
    return this.#threads.keys();
  }

  #thread({ server, name, value }: Exchange): Fact[] {
    const threads = this.#threads.get(value) ?? new Map<string, Fact[]>();
    this.#threads.set(value, threads);
    const where = `${server} ${name}`;
    const facts = threads.get(where) ?? [];
    threads.set(where, facts);
    return facts;
  }
}
