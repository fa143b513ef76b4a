import { casesOfOneNode } from "@redsync/conformance";
import { startSentinel } from "@redsync/conformance/servers";
import { Redis } from "ioredis";
import { overOneNode } from "./harnesses/one-node.ts";
import { register } from "./register.ts";

register(
  overOneNode("ioredis 6, behind Sentinel", async () => {
    const group = await startSentinel();
    const client = new Redis({
      name: group.name,
      sentinels: group.sentinels.map(({ host, port }) => ({ host, port })),
    });
    return { client, stop: () => group.stop() };
  }),
  casesOfOneNode,
);
