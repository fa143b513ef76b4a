// Books seats over real servers, through one of the clients, once it is told to begin.
import { once } from "node:events";
import { GlideClient } from "@valkey/valkey-glide";
import { Redis } from "ioredis";
import { createClient } from "redis";
import type { Connected } from "../harnesses/connected.ts";
import { throughIoredis } from "../harnesses/ioredis.ts";
import { throughNodeRedis } from "../harnesses/node-redis.ts";
import { patience, throughGlide } from "../harnesses/valkey-glide.ts";
import { type Account, type BookingRun, bookSeats } from "./booking-run.ts";
import { jobOf, report } from "./program.ts";

export interface BookerJob extends BookingRun {
  readonly client: keyof typeof clients;
  readonly lockPorts: readonly number[];
  /** The server that keeps the seats; it is none of the lock's. */
  readonly keeperPort: number;
}

export type BookerReport = { readonly type: "ready" } | (Account & { readonly type: "booked" });

const clients = {
  ioredis: (port: number) => throughIoredis(new Redis(port)),
  "node-redis": (port: number) => throughNodeRedis(createClient({ url: `redis://127.0.0.1:${port}` })),
  "valkey-glide": async (port: number) =>
    throughGlide(await GlideClient.createClient({ addresses: [{ host: "127.0.0.1", port }], ...patience })),
} satisfies Record<string, (port: number) => Connected | Promise<Connected>>;

const { client, lockPorts, keeperPort, ...run } = jobOf<BookerJob>();
const [keeper, ...lockNodes] = await Promise.all(
  [keeperPort, ...lockPorts].map((port) => clients[client](port)),
);
if (keeper === undefined) throw new Error("no server keeps the seats");
report({ type: "ready" });
await once(process, "message");
const account = await bookSeats(
  lockNodes.map(({ node }) => node),
  keeper.node,
  run,
);
report({ type: "booked", ...account });
for (const each of [keeper, ...lockNodes]) each.close();
