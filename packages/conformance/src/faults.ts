import type { Command, RedisNode, Reply } from "@redsync/core";
import type { Match } from "./matches.ts";

/**
 * What happens to a command in place of its plain delivery.
 *
 * `deliver` sends it to the real node, with the caller's own options, and may be called never, once or more often. A
 * fault pays no heed to the caller's signal: the worst client has no way to stop waiting.
 */
export type Fault = (deliver: () => Promise<Reply>) => Promise<Reply>;

/** A real node with faults in front of it. */
export interface FaultyNode {
  /** The node to give to the code under test. */
  readonly node: RedisNode;
  /** Every command that the code under test sent, in order, struck or not. */
  readonly sent: readonly Command[];
  /** Every command that went to the real node, in order; one that is delivered twice is there twice. */
  readonly delivered: readonly Command[];
  /**
   * Strikes the commands that match, by default all, until the returned function is called.
   *
   * Of several faults that match a command, the one injected first strikes.
   */
  inject(fault: Fault, match?: Match): () => void;
  /** Ends every fault for the commands to come; those that it struck already stay as they are. */
  mend(): void;
}

/**
 * Puts faults in front of any real node; without an injected fault it behaves as that node does.
 *
 * @example
 * const { node, sent, inject } = faulty(ioredisNode(client));
 * inject(replyLost, first(beginning("EVALSHA")));
 */
export function faulty(inner: RedisNode): FaultyNode {
  const sent: Command[] = [];
  const delivered: Command[] = [];
  const rules = new Set<{ readonly fault: Fault; readonly match: Match }>();
  const node: RedisNode = {
    // Async, so that whatever a fault or a node throws is a rejection.
    async send(command, options) {
      sent.push(command);
      const deliver = () => {
        delivered.push(command);
        return inner.send(command, options);
      };
      for (const { fault, match } of rules) if (match(command)) return fault(deliver);
      return deliver();
    },
    ...(inner.subscribe && { subscribe: inner.subscribe.bind(inner) }),
    ...(inner.client && { client: inner.client }),
  };
  const inject = (fault: Fault, match: Match = () => true) => {
    const rule = { fault, match };
    rules.add(rule);
    return () => void rules.delete(rule);
  };
  return { node, sent, delivered, inject, mend: () => rules.clear() };
}

const socketClosed = () => new Error("Socket closed unexpectedly");
const never = () => new Promise<never>(() => {});
/** Resolves when the promise settles, either way. */
const settled = (promise: Promise<unknown>) =>
  promise.then(
    () => {},
    () => {},
  );

/** The connection is cut before the command leaves: it is not run, and the caller gets the client's error. */
export const connectionCut: Fault = async () => {
  throw socketClosed();
};

/** The node hangs for ever: the command is not run, and the caller never hears of it. */
export const hung: Fault = never;

/** The command runs, the connection is cut before its reply: the caller gets the client's error, after it has run. */
export const replyLost: Fault = async (deliver) => {
  await settled(deliver());
  throw socketClosed();
};

/** The command runs, and the caller never hears of it. */
export const replyNeverComes: Fault = (deliver) => {
  void settled(deliver());
  return never();
};

/** The command runs, its reply is lost, the client sends it again by itself: the caller gets the second reply. */
export const deliveredTwice: Fault = async (deliver) => {
  await settled(deliver());
  return deliver();
};

/** The command is not run, and the server says why: `errorReply("LOADING Redis is loading the dataset in memory")`. */
export function errorReply(message: string): Fault {
  return async () => {
    throw new Error(message);
  };
}

/** Holds what a test wants held, until the test releases it. */
export interface Gate {
  /** A fault that holds commands before their delivery. */
  readonly delivery: Fault;
  /** A fault that delivers commands and holds their replies, errors included. */
  readonly reply: Fault;
  /** A fault that changes nothing but delivers each command once more on release, as a late duplicate; its reply is lost. */
  readonly copy: Fault;
  /** Resolves when the first command is held: for `reply`, and for `copy`, once the server has answered it. */
  readonly reached: Promise<void>;
  /** Opens the gate for good; resolves once the server has answered everything that was held. */
  release(): Promise<void>;
}

function latch(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/**
 * Makes a gate: the way to a deterministic order, where a delay would be a guess.
 *
 * @example
 * const held = gate();
 * inject(held.reply, first(beginning("EVALSHA")));
 * const locking = mutex.lock();
 * await held.reached; // the server has run it, the caller does not know
 * await held.release();
 */
export function gate(): Gate {
  const arrival = latch();
  const way = latch();
  const held: Promise<unknown>[] = [];
  const hold = <T>(promise: Promise<T>): Promise<T> => {
    held.push(promise);
    return promise;
  };

  const delivery: Fault = (deliver) => {
    arrival.open();
    return hold(way.opened.then(deliver));
  };
  const reply: Fault = (deliver) => {
    const answer = deliver();
    return hold(
      settled(answer)
        .then(arrival.open)
        .then(() => way.opened)
        .then(() => answer),
    );
  };
  const copy: Fault = (deliver) => {
    const answer = deliver();
    const late = settled(answer)
      .then(arrival.open)
      .then(() => way.opened)
      .then(deliver);
    void hold(settled(late));
    return answer;
  };
  const release = async () => {
    way.open();
    await Promise.allSettled(held);
  };
  return { delivery, reply, copy, reached: arrival.opened, release };
}
