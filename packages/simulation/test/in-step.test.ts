import { type MutexOptions, type RedisNode, Redsync, type Reply } from "@redsync/core";
import { describe, expect, it } from "vitest";
import { EPOCH, Process } from "../src/process.ts";
import { Random } from "../src/random.ts";
import { Scheduler } from "../src/scheduler.ts";
import { execute, Keyspace, ScriptCache } from "../src/subject.ts";

type OnClock = new (nodes: readonly RedisNode[], options: MutexOptions, clock: Process["clock"]) => Redsync;

/** How long a server takes for a command. */
const BEAT_MS = 10;
const LISTS = [["a", "b"], ["b", "a"], ["b", "c"], ["c", "a"], ["a"], ["c", "b", "a"]];
/** Many times as long as all of them need. */
const LIMIT_MS = 20_000;

/**
 * A server that is busy, and answers one command after the other, whoever sends it. Nothing else takes time, so that processes fall into
 * step: two of them may give back what the other one wants at the same moment, again and again.
 */
function serverInStep(scheduler: Scheduler): (process: Process) => RedisNode {
  const time = () => scheduler.now;
  const host = {
    keys: new Keyspace(time, () => EPOCH + scheduler.now),
    scripts: new ScriptCache(),
    publish: (channel: string, message: string): number => {
      const hear = listeners.get(channel);
      if (hear) scheduler.after(0, () => hear(message));
      return hear ? 1 : 0;
    },
  };
  const listeners = new Map<string, (message: string) => void>();
  let freeAt = 0;
  return (process) => ({
    send: ([name, ...args]) =>
      new Promise<Reply>((resolve, reject) => {
        freeAt = Math.max(freeAt, scheduler.now) + BEAT_MS;
        scheduler.after(freeAt - scheduler.now, () =>
          process.run(() => {
            try {
              resolve(execute(host, name, args));
            } catch (error) {
              reject(error);
            }
          }),
        );
      }),
    subscribe: async (channel, onMessage) => {
      listeners.set(channel, onMessage);
      return async () => void listeners.delete(channel);
    },
  });
}

/** Has each list locked and unlocked once, each by a process of its own. */
async function takeTurns(
  seed: number,
  nodes: number,
  retryDelay: (random: Random) => () => number,
): Promise<void> {
  const scheduler = new Scheduler();
  const random = new Random(seed);
  const servers = Array.from({ length: nodes }, () => serverInStep(scheduler));
  let done = 0;
  LISTS.forEach((list, index) => {
    const options = { tries: Number.POSITIVE_INFINITY, retryDelay: retryDelay(random.fork()) };
    const rates = { monotonic: 1 + random.between(-1e-4, 1e-4), wall: 1, off: 0 };
    const process = new Process(index, scheduler, rates, (process) => ({
      redsync: new (Redsync as unknown as OnClock)(
        servers.map((nodeFor) => nodeFor(process)),
        options,
        process.clock,
      ),
      connections: [],
    }));
    scheduler.after(random.between(0, 1), async () => {
      const lock = await process.redsync.mutex(list).lock();
      await lock.unlock();
      done++;
    });
  });
  await scheduler.run(
    () => {},
    () => done === LISTS.length || scheduler.now > LIMIT_MS,
  );
  expect(done, `lists that had their turn in ${LIMIT_MS} ms, with seed ${seed}`).toBe(LISTS.length);
}

const pauses: Record<string, (random: Random) => () => number> = {
  "random pauses": (random) => () => random.between(50, 250),
  "short pauses": (random) => () => random.between(1, 16),
  "pauses that are all alike": () => () => 100,
};

describe.each([1, 3])("lists that share names do not swap for ever, on %d nodes", (nodes) => {
  it.each(Object.keys(pauses))("with %s", { timeout: 20 * 60_000 }, async (kind) => {
    const retryDelay = pauses[kind] as (typeof pauses)[string];
    for (let seed = 1; seed <= 50; seed++) await takeTurns(seed, nodes, retryDelay);
  });
});
