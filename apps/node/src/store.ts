import { setImmediate as turn } from "node:timers/promises";
import type { Command } from "@redsync/core";
import { type Connection, patiently } from "./redis.ts";

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
export function redisStore({ node, place }: Connection, key: string): Store {
  const send = (...command: Command) =>
    patiently(node.send(command)).catch((error: Error) => {
      throw new Error(`${place}, which keeps the seats: ${error.message}`, { cause: error });
    });
  return {
    read: async () => JSON.parse(String((await send("GET", key)) ?? "[]")),
    write: async (plan) => void (await send("SET", key, JSON.stringify(plan), "PX", String(KEPT_MS))),
    clear: async () => void (await send("DEL", key)),
  };
}
