import { setImmediate as turn } from "node:timers/promises";
import type { Connection } from "./redis.ts";

/** The plan of the seats: for every seat sold, the task that has it. */
export type Plan = readonly number[];

/** Where the plan is kept. A read and a write are two steps, with time between them for everybody else. */
export interface Store {
  read(): Promise<Plan>;
  write(plan: Plan): Promise<void>;
  clear(): Promise<void>;
}

/** In this process, and as asynchronous as a database. */
export function memoryStore(): Store {
  let stored: Plan = [];
  return {
    async read() {
      await turn();
      return stored;
    },
    async write(plan) {
      await turn();
      stored = plan;
    },
    async clear() {
      stored = [];
    },
  };
}

/** A killed run leaves its plan no longer than this. */
const KEPT_MS = 60_000;

/** One key of a Redis: plain GET, then plain SET. */
export function redisStore({ client, place }: Connection, key: string): Store {
  const named = (error: Error) => {
    throw new Error(`${place}, which keeps the seats: ${error.message}`, { cause: error });
  };
  return {
    read: async () => JSON.parse((await client.get(key).catch(named)) ?? "[]"),
    write: async (plan) => void (await client.set(key, JSON.stringify(plan), "PX", KEPT_MS).catch(named)),
    clear: async () => void (await client.del(key).catch(named)),
  };
}
