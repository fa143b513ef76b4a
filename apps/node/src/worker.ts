// One of several processes: makes the runs that its parent orders, and ends when the parent closes the channel, or dies.
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import type { Booking } from "./booking.ts";
import type { Message, Order } from "./messages.ts";
import { connect, connectNode } from "./redis.ts";
import { perform } from "./run.ts";
import { readServers } from "./servers.ts";
import { redisStore } from "./store.ts";

// The terminal sends Ctrl-C to every process; the parent decides what it means.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

const servers = readServers(process.env.REDIS_URLS ?? "");
const connections = await Promise.all(servers.map(connectNode));
const redsync = new Redsync(connections.map(({ client }) => ioredisNode(client)));
const stop = new AbortController();
let work = Promise.resolve();

process.on("message", (order: Order) => {
  work = obey(order);
});
if (process.connected) process.once("disconnect", end);
else end();
tell({ type: "ready" });

async function obey({ run, storeServer, storeKey }: Order): Promise<void> {
  const onBooking = (booking: Booking) => tell({ type: "booked", booking });
  try {
    const server = servers[storeServer];
    if (server === undefined) throw new RangeError(`there is no server ${storeServer}`);
    const keeper = await connect(server);
    try {
      const store = redisStore(keeper, storeKey);
      await perform(run, { store, redsync, signal: stop.signal, onBooking });
    } finally {
      keeper.client.disconnect();
    }
    tell({ type: "done" });
  } catch (error) {
    tell({ type: "failed", reason: (error as Error).message });
  }
}

function tell(message: Message): void {
  // With a callback: the parent may close the channel in this very moment, and an error without one would end the process.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

function end(): void {
  stop.abort();
  // The undo of an aborted attempt, too: no key may be left when the clients are closed.
  void work
    .then(() => redsync.settled())
    .then(() => {
      for (const { client } of connections) client.disconnect();
    });
}
