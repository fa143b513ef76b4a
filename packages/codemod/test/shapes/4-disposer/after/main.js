const Redis = require('ioredis');
const { Redsync } = require('@redsync/core');
const { ioredisNode } = require('@redsync/ioredis');

const client = new Redis(process.env.REDIS_URL);
const redlock = new Redsync([ioredisNode(client)], { tries: 11, retryDelay: () => 100 + Math.random() * 200 });

async function main() {
  const answer = await redlock.mutex('locks:account:322456', { expiry: 60000 }).using(async (lock) => {
    await lock.extend();
    return client.exists('locks:account:322456');
  });
  console.log(answer, await client.dbsize());
  await redlock.close();
  await client.quit();
}

main();
