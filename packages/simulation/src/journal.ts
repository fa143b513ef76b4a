import {
  type AskedQuestion,
  type Copy,
  type Fact,
  isExtension,
  type Message,
  type Outcome,
} from "./facts.ts";

/** What the journal needs to know, and who is called with every message. */
interface Surroundings {
  readonly now: () => number;
  /** Whether nobody holds the value any more, by his own clock. */
  readonly isOver: (value: string) => boolean;
  readonly onMessage: (message: Message) => void;
}

/**
 * What happened between core and each node for each value, question by question, in the order of true time. It ignores TTLs: a key
 * that is left behind shows here, though it would be gone by itself when a schedule has come to its end.
 */
export class Journal {
  /** By value, then by server and name. */
  readonly #threads = new Map<string, Map<string, Fact[]>>();
  readonly #unlocked = new Set<string>();
  readonly #keptAt = new Map<string, number>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  sent(question: AskedQuestion): void {
    const { operation, value } = question;
    const at = this.#around.now();
    if (isExtension(operation) || operation === "repair") this.#keptAt.set(value, at);
    this.#add({ what: "sent", question, at });
  }

  executed(question: AskedQuestion, copy: Copy, outcome: Outcome): void {
    this.#add({ what: "executed", at: this.#around.now(), question, copy, outcome, isOver: false });
  }

  answered(question: AskedQuestion, copy: Copy, outcome: Outcome): void {
    const isOver = question.operation === "repair" && this.#around.isOver(question.value);
    this.#add({ what: "answered", at: this.#around.now(), question, copy, outcome, isOver });
  }

  /** A server lost all that it had. */
  forgot(server: number): void {
    for (const threads of this.#threads.values())
      for (const [place, facts] of threads)
        if (place.startsWith(`${server} `)) facts.push({ what: "forgot" });
  }

  /** From now on nothing asks to keep the value. */
  unlocking(value: string): void {
    this.#unlocked.add(value);
  }

  isUnlocked(value: string): boolean {
    return this.#unlocked.has(value);
  }

  /** The nodes said that the value is lost, in a round that took no longer than this. */
  lost(value: string, timeout: number): void {
    const since = this.#around.now() - timeout;
    for (const facts of this.#threads.get(value)?.values() ?? []) facts.push({ what: "lost", since });
  }

  /** When an extension or a repair of the value was last sent. */
  keptAt(value: string): number {
    return this.#keptAt.get(value) ?? 0;
  }

  /** Whether the process that asked for the value has crashed. */
  isOfCrashed(value: string): boolean {
    const facts = [...(this.#threads.get(value)?.values() ?? [])].flat();
    return facts.some((fact) => "question" in fact && fact.question.command.process.isCrashed);
  }

  get values(): Iterable<string> {
    return this.#threads.keys();
  }

  /** All facts of a value, each with where they are from, in words. */
  *threadsOf(value: string): Generator<readonly [where: string, facts: readonly Fact[]]> {
    for (const [place, facts] of this.#threads.get(value) ?? [])
      yield [`value ${value} on node ${place}`, facts];
  }

  /** All facts of the same value under the same name on the same node. */
  threadOf({ question }: Message): readonly Fact[] {
    return this.#thread(question);
  }

  /** All facts of the value that a question asks about, under its name on its node. */
  factsOf(question: AskedQuestion): readonly Fact[] {
    return this.#thread(question);
  }

  factsAt(value: string, server: number, name: string): readonly Fact[] {
    return this.#threads.get(value)?.get(`${server} ${name}`) ?? [];
  }

  #add(message: Message): void {
    this.#thread(message.question).push(message);
    this.#around.onMessage(message);
  }

  #thread({ server, name, value }: AskedQuestion): Fact[] {
    const threads = this.#threads.get(value) ?? new Map<string, Fact[]>();
    this.#threads.set(value, threads);
    const place = `${server} ${name}`;
    const facts = threads.get(place) ?? [];
    threads.set(place, facts);
    return facts;
  }
}
