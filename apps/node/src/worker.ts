// One of several processes: makes the runs that its parent orders, and ends when the parent closes the channel, or dies.
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import type { Booking } from "./booking.ts";
import type { Message, Order } from "./messages.ts";
import { connect } from "./redis.ts";
import { perform } from "./run.ts";
import { readServers } from "./servers.ts";
import { redisStore } from "./store.ts";

// The terminal sends Ctrl-C to every process; the parent decides what it means.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

const connections = await Promise.all(readServers(process.env.REDIS_URLS ?? "").map(connect));
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
    const connection = connections[storeServer];
    if (connection === undefined) throw new RangeError(`there is no server ${storeServer}`);
    const store = redisStore(connection, storeKey);
    await perform(run, { store, redsync, signal: stop.signal, onBooking });
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
