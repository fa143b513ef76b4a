import { type Contention, contend, contenderOptions } from "@redsync/conformance/contention";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";

/** What a contender of any language is told on its command line. */
export interface Job extends Contention {
  readonly name: string;
  readonly lockPorts: readonly number[];
  /** The server that watches; it is none of the lock's. */
  readonly witnessPort: number;
}

const job = JSON.parse(process.argv[2] ?? "") as Job;
const clients = job.lockPorts.map((port) => new Redis(port));
const observer = new Redis(job.witnessPort);
const redsync = new Redsync(clients.map((client) => ioredisNode(client)));
await contend(
  redsync.mutex(job.name, { ...contenderOptions, fair: job.fair ?? true }),
  ioredisNode(observer),
  job,
);
await redsync.settled();
for (const client of [...clients, observer]) client.disconnect();
