import Redis from "ioredis";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";

const redisA = new Redis(process.env.REDIS_URL);

const redlock = new Redsync(
  // One client for each independent node.
  [ioredisNode(redisA)],
  {
    // The expected drift of clocks.
    driftFactor: 0.01, // multiplied by the duration

    // How often it is tried again.
    tries: 11,

    // Between two attempts.
    retryDelay: () => Math.random() * 400, // ms
    onEvent: (event) => {
      if (event.type !== "nodeFailed") return;
      const { error } = event;
      // Everything else is.
      console.error(error);
    },
  },
);

const [senderId, recipientId] = ["alice", "bob"];

await redlock.mutex([senderId, recipientId], { expiry: 60_000 }).using(async ({ signal }) => {
  console.log("keys", await redisA.exists(senderId, recipientId));

  // Has an extension failed?
  if (signal.aborted) {
    throw signal.reason;
  }

  console.log("both are locked", signal.aborted);
});

// By hand.
let lock = await redlock.mutex("a", { expiry: 60_000 }).lock();
try {
  console.log("keys", await redisA.exists("a"));

  // A little longer.
  await lock.extend();

  console.log("resources", lock.names.join());
} finally {
  // In any case.
  await lock.unlock();
}

console.log("left", await redisA.dbsize());
await redlock.close();
await redisA.quit();
