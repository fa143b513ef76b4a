import { expect, it } from "vitest";
import { type RedisNode, Redsync } from "../src/index.ts";
import { answering, replyTo, TAKEN } from "./answering.ts";

/** A signal that counts what is done to its list of listeners. */
function counted() {
  const controller = new AbortController();
  const { signal } = controller;
  const seen = { added: 0, listening: 0 };
  const { addEventListener, removeEventListener } = signal;
  Object.assign(signal, {
    addEventListener(...args: Parameters<typeof addEventListener>) {
      seen.added++;
      seen.listening++;
      return addEventListener.apply(signal, args);
    },
    removeEventListener(...args: Parameters<typeof removeEventListener>) {
      seen.listening--;
      return removeEventListener.apply(signal, args);
    },
  });
  return { controller, signal, seen };
}

it("30,000 calls that wait on one signal add one listener to it, and take it away at the end", async () => {
  const { controller, signal, seen } = counted();
  const mutex = new Redsync(answering(TAKEN), { tries: Infinity, retryDelay: 60_000, expiry: 600_000 }).mutex(
    "shutdown",
  );
  const locking = Array.from({ length: 30_000 }, () =>
    mutex.lock({ signal }).catch((error: unknown) => error),
  );
  const late = new AbortController();
  const one = mutex.lock({ signal: late.signal }).catch((error: unknown) => error);
  expect(seen).toEqual({ added: 1, listening: 1 });
  controller.abort("shutting down");
  expect(new Set(await Promise.all(locking))).toEqual(new Set(["shutting down"]));
  expect(seen).toEqual({ added: 1, listening: 0 });
  late.abort("another signal");
  expect(await one).toBe("another signal");
});

it("a call that ends leaves those that still wait on its signal listening", async () => {
  const { controller, signal, seen } = counted();
  let answer = TAKEN;
  const node: RedisNode = { send: async (command) => replyTo(command, answer) };
  const mutex = new Redsync(node, { retryDelay: 60_000, expiry: 600_000 }).mutex("shared signal");
  const waiting = mutex.lock({ signal }).catch((error: unknown) => error);
  expect(await mutex.tryLock({ signal })).toBeNull();
  expect(seen.listening).toBe(1);
  answer = 1;
  const lock = await mutex.tryLock({ signal });
  expect(seen.listening).toBe(1);
  controller.abort("over");
  expect(await waiting).toBe("over");
  expect(seen.listening).toBe(0);
  await lock?.unlock();
});

it("every node of a round has a signal of its own: a client that listens to it adds the first listener", async () => {
  const signals: (AbortSignal | undefined)[] = [];
  const nodes = Array.from(
    { length: 12 },
    (): RedisNode => ({
      async send(command, options) {
        signals.push(options?.signal);
        return replyTo(command, 1);
      },
    }),
  );
  const lock = await new Redsync(nodes).mutex("many nodes").lock();
  await lock.unlock();
  expect(signals).toHaveLength(24);
  expect(new Set(signals).size).toBe(24);
});
