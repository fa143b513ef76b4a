import { Redis } from "iovalkey";
import { register } from "#register";
import { throughIoredis } from "../harnesses/ioredis.ts";
import { overServers } from "../harnesses/servers.ts";

register(
  overServers("iovalkey", ({ port }) => {
    const client = new Redis(port);
    return throughIoredis(client, client.duplicate());
  }),
);
