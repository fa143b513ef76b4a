// A script as its user writes it: what it locks ends with its scope, also what it forgot to unlock.
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";

const client = new Redis(Number(process.argv[2]), { lazyConnect: true });
await client.connect();
{
  await using redsync = new Redsync(ioredisNode(client), { expiry: 4_000, timeoutFactor: 0.5 });
  const mutex = redsync.mutex("script");
  // All but the first wait, and are called.
  const results = await Promise.all([1, 2, 3].map((number) => mutex.using(async () => number)));
  console.log(results.join());
  const { signal } = await redsync.mutex("forgotten", { autoExtend: true }).lock();
  signal.addEventListener("abort", () => console.log(signal.reason.reason));
}
console.log((await client.keys("*")).length, (await client.pubsub("CHANNELS")).length);
await client.quit();
process.exitCode = 3;
