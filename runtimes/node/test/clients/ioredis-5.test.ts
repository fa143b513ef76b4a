import { Redis } from "ioredis-5";
import { register } from "#register";
import { throughIoredis } from "../harnesses/ioredis.ts";
import { overServers } from "../harnesses/servers.ts";

register(
  overServers("ioredis 5", ({ port }) => {
    const client = new Redis(port);
    return throughIoredis(client, client.duplicate());
  }),
);
