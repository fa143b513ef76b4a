// Locks a thousand names on servers that stand still, gives up, and lets the late grants come.
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { jobOf, report } from "./program.ts";

const { ports, count } = jobOf<{ ports: readonly number[]; count: number }>();
const clients = ports.map((port) => new Redis(port));
const redsync = new Redsync(clients.map((client) => ioredisNode(client)));
const mutex = redsync.mutex(Array.from({ length: count }, (_, index) => `name ${index}`));
await Promise.all(clients.map((client) => client.ping()));

process.once("message", async () => {
  const failure = await mutex.lock({ timeout: 100 }).catch((error: unknown) => error);
  report({ type: "gave up", code: (failure as { code?: string }).code ?? String(failure) });
  await redsync.settled();
  report({ type: "settled" });
  for (const client of clients) client.disconnect();
  process.disconnect();
});
report({ type: "ready" });
