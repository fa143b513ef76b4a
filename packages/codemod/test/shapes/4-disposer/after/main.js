const { using } = require('bluebird');
const Redis = require('ioredis');
const { Redsync } = require('@redsync/core');
const { ioredisNode } = require('@redsync/ioredis');

const client = new Redis(process.env.REDIS_URL);
const redlock = new Redsync([ioredisNode(client)], { tries: 11, retryDelay: () => 100 + Math.random() * 200 });

async function main() {
  // TODO(redsync): redsync has no disposers: write it as redlock.mutex(resource, { expiry: ttl }).using(async (lock) => …)
  const answer = await using(redlock.disposer('locks:account:322456', 1000), async (lock) => {
    // TODO(redsync): if this is a lock of redlock, call lock.extend(), without a duration
    await lock.extend(1000);
    return client.exists('locks:account:322456');
  });
  console.log(answer, await client.dbsize());
  await redlock.quit();
}

main();
