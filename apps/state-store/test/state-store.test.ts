import { Program } from "@redsync/conformance/program";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { StaleError, StateStore } from "../src/state-store.ts";
import { AssignedError, assign, type Ticket } from "../src/tickets.ts";

const app = new URL("..", import.meta.url);

const PLAYERS = 3;
const LONG = { expiry: 60_000, timeoutFactor: 0.5 };
const patient = { timeout: 100_000 };

interface Home extends AsyncDisposable {
  readonly server: RedisServer;
  readonly store: StateStore<Ticket>;
}

/** A store with so many open tickets. */
async function openStore(tickets: number): Promise<Home> {
  const server = await startServer();
  const redis = new Redis(server.url);
  const store = new StateStore<Ticket>(redis, new Redsync(ioredisNode(redis), LONG));
  await store.mutate(keysOf(tickets), () => keysOf(tickets).map((key) => [key, { match: null }]));
  return {
    server,
    store,
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await server.stop();
    },
  };
}

const keysOf = (tickets: number) => Array.from({ length: tickets }, (_, index) => `ticket:${index}`);

it("several processes assign many tickets at once: all of them, none twice, and no match in part", async () => {
  const tickets = 60;
  await using stack = new AsyncDisposableStack();
  const { server, store } = stack.use(await openStore(tickets));
  const args = ["--tickets", `${tickets}`, "--tasks", "6", "--think", "10", "--expiry", "60000"];
  const programs = [1, 2, 3].map(() => stack.use(new Program(app, server.url, ...args)));
  expect(await Promise.all(programs.map(({ ended }) => ended))).toEqual([0, 0, 0]);

  const lines = programs.flatMap((program) => program.lines.map((line) => line.split(" ")));
  const made = lines.filter(([what]) => what === "made");
  const assigned = made.flatMap(([, match, keys = ""]) =>
    keys.split(",").map((key) => [key, { match }] as const),
  );
  expect(assigned).toHaveLength(tickets);
  expect(new Map(assigned)).toEqual(await store.get(keysOf(tickets)));
  // They were after the same ones.
  expect(lines.some(([what, , error]) => what === "failed" && error === "AssignedError")).toBe(true);
  expect(made.every(([, , keys]) => keys?.split(",").length === PLAYERS)).toBe(true);
  expect(await server.command("KEYS", "lock:ticket:[0-9]")).toEqual([]);
});

it("nobody else is at a key while it is changed, and changes of other keys go on", async () => {
  await using home = await openStore(4);
  const { store } = home;
  const inside = new Map<string, number>();
  let most = 0;
  let overlaps = 0;
  async function change(keys: readonly string[]): Promise<[string, Ticket][]> {
    for (const key of keys) inside.set(key, (inside.get(key) ?? 0) + 1);
    overlaps += keys.filter((key) => (inside.get(key) ?? 0) > 1).length;
    most = Math.max(
      most,
      [...inside.values()].reduce((sum, count) => sum + count),
    );
    await new Promise((resolve) => setTimeout(resolve, 2));
    for (const key of keys) inside.set(key, (inside.get(key) ?? 0) - 1);
    return [];
  }
  const [a, b, c, d] = keysOf(4) as [string, string, string, string];
  const groups = [[a, b], [b, a], [c], [b, c], [d], [c, d, a]];
  const all = Array.from({ length: 10 }, () => groups).flat();
  await Promise.all(all.map((keys) => store.mutate(keys, () => change(keys), patient)));
  expect(overlaps).toBe(0);
  // Two of one change, and those of another one.
  expect(most).toBeGreaterThan(2);
});

it("who has lost the lock without knowing it does not overwrite what was written since then", async () => {
  await using home = await openStore(2);
  const { server, store } = home;
  const keys = keysOf(2);
  const first = assign(store, keys, "first", async () => {
    // Somebody deletes a lock by hand, while the first one is about to write.
    await server.command("DEL", "lock:ticket:0");
    await assign(store, ["ticket:0"], "second");
  });
  await expect(first).rejects.toBeInstanceOf(StaleError);
  expect(await store.get(keys)).toEqual(
    new Map([
      ["ticket:0", { match: "second" }],
      ["ticket:1", { match: null }],
    ]),
  );
});

it("what the next holder has read is not overwritten behind its back", async () => {
  await using home = await openStore(2);
  const { server, store } = home;
  const keys = keysOf(2);
  const hasRead = Promise.withResolvers<void>();
  const goesOn = Promise.withResolvers<void>();
  let second: Promise<void> | undefined;
  const first = assign(store, keys, "first", async () => {
    await server.command("DEL", "lock:ticket:0");
    second = assign(store, ["ticket:0"], "second", () => {
      hasRead.resolve();
      return goesOn.promise;
    });
    await hasRead.promise;
  });
  await expect(first).rejects.toBeInstanceOf(StaleError);
  expect([...(await store.get(keys)).values()]).toEqual([{ match: null }, { match: null }]);
  goesOn.resolve();
  await second;
  expect([...(await store.get(keys)).values()]).toEqual([{ match: "second" }, { match: null }]);
});

it("what somebody has changed since then is not the ground of a change of another key", async () => {
  await using home = await openStore(2);
  const { server, store } = home;
  const first = store.mutate(keysOf(2), async () => {
    await server.command("DEL", "lock:ticket:0");
    await assign(store, ["ticket:0"], "second");
    return [["ticket:1", { match: "first" }]];
  });
  await expect(first).rejects.toBeInstanceOf(StaleError);
  expect((await store.get(["ticket:1"])).get("ticket:1")).toEqual({ match: null });
});

it("a change that was written has succeeded, whatever became of the lock", async () => {
  await using home = await openStore(1);
  const { server, store } = home;
  // The unlock finds it. Nobody has read by then.
  await assign(store, keysOf(1), "first", async () => {
    await server.command("SET", "lock:ticket:0", "somebody-else");
  });
  expect((await store.get(keysOf(1))).get("ticket:0")).toEqual({ match: "first" });
});

it("a key that is not locked is not written, and neither are the others", async () => {
  await using home = await openStore(2);
  const { store } = home;
  const changed = store.mutate(["ticket:0"], () => keysOf(2).map((key) => [key, { match: "first" }]));
  await expect(changed).rejects.toThrow("ticket:1 is to be changed, and is not locked");
  expect([...(await store.get(keysOf(2))).values()]).toEqual([{ match: null }, { match: null }]);
});

it("a process that stood still past its expiry writes nothing, and the tickets are another one's", async () => {
  await using stack = new AsyncDisposableStack();
  const { server, store } = stack.use(await openStore(PLAYERS));
  const args = ["--tickets", `${PLAYERS}`, "--tasks", "1", "--think", "1000", "--expiry", "3000"];
  const program = stack.use(new Program(app, server.url, ...args));
  await program.printed("thinks");
  program.signal("SIGSTOP");
  await assign(store, keysOf(PLAYERS), "another", undefined, patient);
  program.signal("SIGCONT");
  expect(await program.printed("failed")).toMatch(/LockLostError|StaleError/);
  expect(await program.ended).toBe(1);
  expect([...(await store.get(keysOf(PLAYERS))).values()]).toEqual(
    keysOf(PLAYERS).map(() => ({ match: "another" })),
  );
});

it("tickets of a process that was killed in the middle are open again after its expiry", async () => {
  await using stack = new AsyncDisposableStack();
  const { server, store } = stack.use(await openStore(PLAYERS));
  const args = ["--tickets", `${PLAYERS}`, "--tasks", "1", "--think", "600000", "--expiry", "3000"];
  const program = stack.use(new Program(app, server.url, ...args));
  await program.printed("thinks");
  program.signal("SIGKILL");
  await assign(store, keysOf(PLAYERS), "another", undefined, patient);
  await expect(assign(store, ["ticket:0"], "third")).rejects.toBeInstanceOf(AssignedError);
  expect((await store.get(["ticket:0"])).get("ticket:0")).toEqual({ match: "another" });
});
