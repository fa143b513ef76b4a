import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Lock, LockLostError } from "@redsync/core";
import {
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type House, openHouse, until } from "../processes/house.ts";
import { run, shown } from "./snippets.ts";

const lines = shown("docs/holding-and-losing.md", "signal").code.trim().split("\n");

/** One line of the guide, to the letter, with what it takes for granted. */
function play(line: string, given: Readonly<Record<string, unknown>>): Promise<unknown> {
  const names = Object.keys(given).join(", ");
  const { example } = run(`export const example = async ({ ${names} }) => { ${line}\n };`);
  return (example as (given: object) => Promise<unknown>)(given);
}

/** A whole example of the guide, to the letter, with what it takes for granted. */
function playExample(what: string, given: Readonly<Record<string, unknown>>): Promise<unknown> {
  return play(shown("docs/holding-and-losing.md", what).code, given);
}

/** A database that takes for ever, and can be told to stop. */
function slowDatabase() {
  const told: string[] = [];
  const connection: DatabaseConnection = {
    executeQuery: ({ sql }) => {
      told.push(sql);
      return new Promise(() => {});
    },
    async cancelQuery() {
      told.push("cancelled");
    },
    async *streamQuery() {},
  };
  const nothing = async () => {};
  const db = new Kysely<{ account: { balance: number } }>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createDriver: () => ({
        init: nothing,
        acquireConnection: async () => connection,
        beginTransaction: nothing,
        commitTransaction: nothing,
        rollbackTransaction: nothing,
        releaseConnection: nothing,
        destroy: nothing,
      }),
    },
  });
  return { told, update: db.updateTable("account").set({ balance: 0 }) };
}

describe("the lines of the guide that end with the lock", () => {
  let house: House;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    house = await openHouse(1);
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    await house[Symbol.asyncDispose]();
  });

  /** A lock, and how it is lost. */
  async function lockToLose(): Promise<{ lock: Lock; lose(): Promise<void> }> {
    const lock = await house.redsync.mutex("to be lost").lock();
    const lose = async () => {
      await house.servers[0]?.command("DEL", lock.name);
      await expect(lock.extend()).rejects.toThrow(LockLostError);
    };
    return { lock, lose };
  }

  it("are three", () => expect(lines).toHaveLength(3));

  it("fetch: the request is dropped, with the loss as its reason", async () => {
    const server = createServer(() => {});
    await once(server.listen(0, "127.0.0.1"), "listening");
    const arrived = once(server, "request");
    const { lock, lose } = await lockToLose();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const fetched = play(lines[0] ?? "", { fetch, url, body: "{}", lock });
    const [request] = await arrived;
    const dropped = once(request.socket, "close");
    await Promise.all([expect(fetched).rejects.toThrow(LockLostError), lose()]);
    await dropped;
    server.close();
  });

  it("a database driver: the query is cancelled, with the loss as its reason", async () => {
    const { told, update } = slowDatabase();
    const { lock, lose } = await lockToLose();
    const updated = play(lines[1] ?? "", { update, lock });
    const lost = expect(updated).rejects.toThrow("was lost");
    await until(() => told.length > 0);
    await lose();
    await lost;
    await until(() => told.length > 1);
    expect(told).toEqual([expect.stringContaining("update"), "cancelled"]);
  });

  it("a child process: it is killed, with the loss as the cause", async () => {
    const { lock, lose } = await lockToLose();
    const forEver = (_command: string, _args: string[], options: object) => {
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1_000)"], options);
      children.push(child);
      return child;
    };
    const ended = play(lines[2] ?? "", { once, spawn: forEver, lock });
    const failed = expect(ended).rejects.toMatchObject({
      name: "AbortError",
      cause: expect.any(LockLostError),
    });
    await until(() => children[0]?.pid !== undefined);
    await lose();
    await failed;
    await until(() => children[0]?.signalCode === "SIGTERM");
  });

  it("using() rejects with Node's AbortError, and the signal tells that the lock was lost", async () => {
    const said: unknown[] = [];
    const { redsync, servers } = house;
    const failed = playExample("lost", {
      mutex: redsync.mutex("to be lost", { expiry: 1_000 }),
      report: async (signal: AbortSignal) => {
        await servers[0]?.command("DEL", "to be lost");
        await sleep(60_000, undefined, { signal });
      },
      console: { error: (_: string, reason: unknown) => said.push(reason) },
    });
    await expect(failed).rejects.toMatchObject({ name: "AbortError", cause: expect.any(LockLostError) });
    expect(said).toEqual([expect.any(LockLostError)]);
  });

  it("using() says nothing of a loss where the callback failed for another reason", async () => {
    const said: unknown[] = [];
    const failed = playExample("lost", {
      mutex: house.redsync.mutex("not lost"),
      report: () => Promise.reject(new Error("the report is empty")),
      console: { error: (_: string, reason: unknown) => said.push(reason) },
    });
    await expect(failed).rejects.toThrow("the report is empty");
    expect(said).toEqual([]);
  });
});
