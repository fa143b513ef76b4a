import { startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
import { expect, it } from "vitest";
import { Program } from "./program.ts";

/** What the program tells. */
type Message =
  | { readonly type: "ready" }
  | { readonly type: "gave up"; readonly code: string }
  | { readonly type: "settled" };

/** Far less than an undo of all names for each late grant took: nearly a gigabyte. */
const HEAP_MB = 160;

it("late grants of a thousand names are undone in a small heap, and no key is left", async () => {
  await using one = await startServer();
  await using two = await startServer();
  await using three = await startServer();
  const servers = [one, two, three];
  const job = { ports: servers.map(({ port }) => port), count: 1_000 };
  const env = { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` };
  await using program = new Program<Message>("many-names.ts", job, undefined, env);
  await program.next("ready");
  for (const server of servers) server.freeze();
  program.tell("lock");
  expect(await program.next("gave up")).toMatchObject({ code: "REDSYNC_LOCK_FAILED" });
  for (const server of servers) server.thaw();
  await program.next("settled");
  expect(await program.ended()).toBe(0);
  for (const server of servers) expect(await server.command("DBSIZE")).toBe(0);
});

it("a mutex takes a thousand names, and no more", async () => {
  const redsync = new Redsync(memoryNode(), { expiry: 60_000, timeoutFactor: 0.5 });
  const names = Array.from({ length: 1_001 }, (_, index) => `name ${index}`);
  expect(() => redsync.mutex(names)).toThrow(RangeError);
  expect(() => redsync.mutex(names)).toThrow("mutex() takes at most 1000 names, not 1001");
  const lock = await redsync.mutex(names.slice(1)).lock();
  expect(await lock.unlock()).toBe("released");
});
