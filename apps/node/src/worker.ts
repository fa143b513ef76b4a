// One of several processes: makes the runs that its parent orders, and ends when the parent closes the channel, or dies.
import { Redsync } from "@redsync/core";
import type { Booking } from "./booking.ts";
import type { Message, Order } from "./messages.ts";
import type { ClientName } from "./options.js";
import { connect } from "./redis.ts";
import { perform } from "./run.ts";
import { readServers } from "./servers.js";
import { redisStore } from "./store.ts";

// The terminal sends Ctrl-C to every process; the parent decides what it means.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

const client = process.argv[2] as ClientName;
const servers = readServers(process.env.REDIS_URLS);
const connections = await Promise.all(servers.map((server) => connect(client, server)));
const redsync = new Redsync(connections.map(({ node }) => node));
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
    const keeper = await connect(client, server);
    try {
      const store = redisStore(keeper, storeKey);
      await perform(run, { store, redsync, signal: stop.signal, onBooking });
    } finally {
      keeper.close();
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
      for (const { close } of connections) close();
    });
}
