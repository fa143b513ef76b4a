import { connect, type Socket } from "node:net";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import type { Command } from "@redsync/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { execute } from "../src/commands.ts";
import { Keyspace } from "../src/keyspace.ts";
import { ScriptCache } from "../src/script.ts";
import { queueOf } from "./asking.ts";
import { replies, type Stage } from "./replies.ts";
import { ofSortedSets } from "./sorted-sets.ts";

/** Commands whose replies are compared one by one; of a TTL, a present time and an error only the kind. */
export type Plays = Readonly<Record<string, readonly Command[]>>;

/** The channel to which somebody listens. */
const HEARD = "redsync:live";

/** One that listens to that channel of a Redis. */
class Listener {
  /** The waiters that were called. */
  readonly heard: string[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static on({ host, port }: RedisServer): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host, () => socket.write(`SUBSCRIBE ${HEARD}\r\n`));
      const listener = new Listener(socket);
      let text = "";
      socket.on("error", reject);
      socket.on("data", (chunk) => {
        text += chunk.toString();
        const whole = text.slice(0, text.lastIndexOf("\r\n") + 2);
        text = text.slice(whole.length);
        listener.heard.push(...(whole.match(/^~.*(?=\r\n)/gm) ?? []));
        resolve(listener);
      });
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** What of a Redis is compared. */
function stageOf(server: RedisServer, queues: readonly string[]): Stage {
  return {
    queues,
    send: (command) => server.command(...command),
    async queue(key) {
      const members = await server
        .command("ZRANGE", key, "0", "-1", "WITHSCORES")
        .catch(() => ["of another type"]);
      return [members as string[], Number(await server.command("PTTL", key))];
    },
  };
}

/** A server of memory's, whose queues can be seen. */
export function memoryStage(queues: readonly string[]): Stage & { readonly heard: readonly string[] } {
  const keys = new Keyspace(() => performance.now());
  const heard: string[] = [];
  const server = {
    keys,
    scripts: new ScriptCache(),
    publish(channel: string, message: string) {
      if (channel === HEARD) heard.push(message);
      return channel === HEARD ? 1 : 0;
    },
  };
  return {
    queues,
    heard,
    send: async ([name, ...args]) => ofSortedSets(keys, name, args) ?? execute(server, name, args),
    async queue(key) {
      const stored = keys.read(key);
      const isOther = stored !== undefined && !(stored instanceof Map);
      const members = isOther
        ? ["of another type"]
        : (ofSortedSets(keys, "ZRANGE", [key, "0", "-1", "WITHSCORES"]) as string[]);
      return [members, Number(execute(server, "PTTL", [key]))];
    },
  };
}

/** Compares what a Redis and memory do, to the last message. Returns what was replied. */
export async function compare(
  server: RedisServer,
  listener: Listener,
  commands: readonly Command[],
  names: readonly string[],
): Promise<readonly string[]> {
  await server.command("FLUSHALL");
  await server.command("SCRIPT", "FLUSH");
  listener.heard.length = 0;
  const queues = names.map(queueOf);
  const memory = memoryStage(queues);
  const expected = await replies(stageOf(server, queues), commands);
  const actual = await replies(memory, commands);
  const common = actual.map((ways, at) => ways.find((way) => expected[at]?.includes(way)));
  const told = expected.map(([way], at) => common[at] ?? (way as string));
  expect(actual.map(([way], at) => common[at] ?? way)).toEqual(told);
  await expect.poll(() => listener.heard).toEqual(memory.heard);
  return told;
}

/** Registers the start of a Redis, and of one that listens there. */
export function withRedis(): { readonly server: RedisServer; readonly listener: Listener } {
  const redis = {} as { server: RedisServer; listener: Listener };
  beforeAll(async () => {
    redis.server = await startServer();
    redis.listener = await Listener.on(redis.server);
  });
  afterAll(async () => {
    redis.listener.close();
    await redis.server.stop();
  });
  return redis;
}

/** Registers a test for each play: that memory does as a Redis does. `names` are those whose queues are looked at. */
export function repliesAsRedis(plays: Plays, names: readonly string[] = []): void {
  const redis = withRedis();
  it.each(Object.keys(plays))("replies as Redis does: %s", async (play) => {
    await compare(redis.server, redis.listener, plays[play] ?? [], names);
  });
}
