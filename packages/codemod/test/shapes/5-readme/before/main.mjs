import Redis from "ioredis";
import Redlock, { ResourceLockedError } from "redlock";

const redisA = new Redis(process.env.REDIS_URL);

const redlock = new Redlock(
  // One client for each independent node.
  [redisA],
  {
    // The expected drift of clocks.
    driftFactor: 0.01, // multiplied by the duration

    // How often it is tried again.
    retryCount: 10,

    // Between two attempts.
    retryDelay: 200, // ms

    // More or less, by chance.
    retryJitter: 200, // ms

    // How long before its end a lock is extended.
    automaticExtensionThreshold: 500, // ms
  },
);

redlock.on("error", (error) => {
  // Somebody else's lock is no fault.
  if (error instanceof ResourceLockedError) {
    return;
  }

  // Everything else is.
  console.error(error);
});

const [senderId, recipientId] = ["alice", "bob"];

await redlock.using([senderId, recipientId], 60_000, async (signal) => {
  console.log("keys", await redisA.exists(senderId, recipientId));

  // Has an extension failed?
  if (signal.aborted) {
    throw signal.error;
  }

  console.log("both are locked", signal.aborted);
});

// By hand.
let lock = await redlock.acquire(["a"], 60_000);
try {
  console.log("keys", await redisA.exists("a"));

  // A little longer.
  lock = await lock.extend(60_000);

  console.log("resources", lock.resources.join());
} finally {
  // In any case.
  await lock.release();
}

console.log("left", await redisA.dbsize());
await redlock.quit();
