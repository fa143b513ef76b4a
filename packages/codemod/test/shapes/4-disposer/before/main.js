const { using } = require('bluebird');
const Redis = require('ioredis');
const Redlock = require('redlock');

const client = new Redis(process.env.REDIS_URL);
const redlock = new Redlock([client]);

async function main() {
  const answer = await using(redlock.disposer('locks:account:322456', 60000), async (lock) => {
    await lock.extend(60000);
    return client.exists('locks:account:322456');
  });
  console.log(answer, await client.dbsize());
  await redlock.quit();
}

main();
