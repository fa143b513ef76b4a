import { overGivenServers } from "@redsync/conformance/given-servers";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { register } from "./register.ts";
import { servers } from "./servers.ts";

register(
  overGivenServers(
    "ioredis 6",
    async (port) => {
      const client = new Redis(port, "127.0.0.1");
      return { node: ioredisNode(client), close: () => client.disconnect() };
    },
    servers.ioredis,
  ),
);
