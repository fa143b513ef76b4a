import { execute } from "../../memory/src/commands.ts";
import { Keyspace } from "../../memory/src/keyspace.ts";
import { ScriptCache } from "../../memory/src/script.ts";
import type { Command, MutexOptions, RedisNode, Reply } from "../src/index.ts";
import { Redsync } from "../src/index.ts";
import { type Asked, askedBy } from "./answering.ts";
import { HandClock } from "./hand-clock.ts";

/** Takes a clock as well, which its users are not told of. */
export const OnClock = Redsync as unknown as new (
  nodes: readonly RedisNode[],
  defaults: MutexOptions,
  clock: HandClock,
) => Redsync;

/** What the nodes' clocks show at 0 of the hand clock, in ms. */
export const EPOCH = 1_700_000_000_000;

/** A node of memory's by a clock of the test's, that notes what it is asked, and does what the test wants of it. */
export class QueueNode {
  /** Every question, in order, with who asked it. */
  readonly asked: (Asked & { readonly by: string })[] = [];
  readonly commands: Command[] = [];
  /** Everybody who was called. */
  readonly called: string[] = [];
  readonly #server: {
    readonly keys: Keyspace;
    readonly scripts: ScriptCache;
    publish(channel: string, message: string): number;
  };
  readonly #listeners = new Map<string, ((message: string) => void)[]>();
  /** Why it refuses a command before it runs it. */
  refuse: (questions: readonly Asked[], by: string) => Error | undefined = () => undefined;
  /** What has to be over before a command is run, or before its reply arrives. */
  before: (questions: readonly Asked[], by: string) => Promise<void> | undefined = () => undefined;
  after: (questions: readonly Asked[], by: string) => Promise<void> | undefined = () => undefined;
  /** What becomes of its reply. */
  tell: (reply: Reply) => Reply = (reply) => reply;
  /** What has to be over before a subscription is confirmed. */
  subscribing: Promise<void> | undefined;
  /** Whether calls get lost on their way. */
  losesCalls = false;
  readonly channels: string[] = [];

  constructor(clock: HandClock) {
    const keys = new Keyspace(
      () => clock.time,
      () => EPOCH + clock.time,
    );
    this.#server = {
      keys,
      scripts: new ScriptCache(),
      publish: (channel, message) => {
        this.called.push(message);
        const reached = this.#listeners.get(channel) ?? [];
        if (!this.losesCalls) for (const listener of reached) queueMicrotask(() => listener(message));
        return reached.length;
      },
    };
  }

  /** The node as somebody sees it. */
  for(by: string, ways: { subscribe?: boolean; slots?: boolean } = {}): RedisNode {
    const subscribe = async (channel: string, listener: (message: string) => void) => {
      this.channels.push(channel);
      await this.subscribing;
      const listeners = this.#listeners.get(channel) ?? [];
      this.#listeners.set(channel, [...listeners, listener]);
      return async () => void this.#listeners.delete(channel);
    };
    return {
      send: (command) => this.#send(command, by),
      ...(ways.slots ? { slots: true } : {}),
      ...(ways.subscribe === false ? {} : { subscribe }),
    };
  }

  /** Calls a waiter, as its queue does. */
  call(id: string): void {
    const [to = ""] = id.split(":");
    this.#server.publish(`redsync:${to.slice(2)}`, id);
  }

  get(key: string): string | undefined {
    return this.#server.keys.get(key);
  }

  set(key: string, value: string, ttl?: number): void {
    this.#server.keys.set(key, value, ttl);
  }

  delete(key: string): void {
    this.#server.keys.delete(key);
  }

  /** As after a connection that was lost, and whose client has not subscribed again. */
  forgetSubscriptions(): void {
    this.#listeners.clear();
  }

  /** The waiters in a queue with their scores, in order. */
  queue(key = "{job}:queue"): readonly [id: string, score: number][] {
    const stored = this.#server.keys.read(key);
    const members = stored instanceof Map ? [...stored] : [];
    return members.filter(([id]) => id.startsWith("~")).sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  }

  async #send(command: Command, by: string): Promise<Reply> {
    const questions = askedBy(command);
    this.commands.push(command);
    this.asked.push(...questions.map((question) => ({ ...question, by })));
    await this.before(questions, by);
    const refusal = this.refuse(questions, by);
    if (refusal) throw refusal;
    const [name, ...args] = command;
    const reply = execute(this.#server, name, args);
    await this.after(questions, by);
    return this.tell(reply);
  }
}

/** So many nodes, and a Redsync over them for each who asks. */
export function opened(clock: HandClock, count: number) {
  const nodes = Array.from({ length: count }, () => new QueueNode(clock));
  const redsyncOf = (by: string, options: MutexOptions = {}, ways: Parameters<QueueNode["for"]>[1] = {}) =>
    new OnClock(
      nodes.map((node) => node.for(by, ways)),
      { retryDelay: 1_000, ...options },
      clock,
    );
  return { nodes, redsyncOf };
}

/** What a promise comes to, as far as it is known. */
export function watched<T>(promise: Promise<T>) {
  const seen: { value?: T; error?: unknown } = {};
  promise.then(
    (value) => Object.assign(seen, { value }),
    (error: unknown) => Object.assign(seen, { error }),
  );
  return seen;
}

/** One node, which has the script, and "mine", who asks it. */
export async function openedOne(options: MutexOptions = {}) {
  const clock = new HandClock();
  const { nodes, redsyncOf } = opened(clock, 1);
  const [node] = nodes as [QueueNode];
  await (await redsyncOf("first").mutex("first").lock()).unlock();
  return { clock, node, redsyncOf, mine: redsyncOf("mine", options) };
}

/** Something to wait for, until it is resolved. */
export function gate() {
  let resolve = () => {};
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve: () => resolve() };
}

/** What somebody asked of a node, in words. */
export const wordsOf = ({ asked }: QueueNode, by: string): string[] =>
  asked
    .filter((each) => each.by === by)
    .map(({ operation, value, queue, entry }) => {
      const about = value.startsWith("~") ? " an id" : "";
      const waiting =
        queue === undefined
          ? ""
          : entry === ""
            ? " +queue"
            : ` +${entry?.startsWith("+") ? "later " : ""}entry`;
      return `${operation}${about}${waiting}`;
    });
