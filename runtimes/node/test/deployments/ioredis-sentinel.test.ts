import { startSentinel } from "@redsync/conformance/servers";
import { Redis } from "ioredis";
import { throughIoredis } from "../harnesses/ioredis.ts";
import { overOneNode } from "../harnesses/one-node.ts";
import { register } from "../register.ts";

register(
  overOneNode("ioredis 6, behind Sentinel", startSentinel, ({ name, sentinels }) =>
    throughIoredis(new Redis({ name, sentinels: sentinels.map(({ host, port }) => ({ host, port })) })),
  ),
  "of one node",
);
