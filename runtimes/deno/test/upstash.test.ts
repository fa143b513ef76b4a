import { upstashNode } from "@redsync/upstash";
import { overGivenDatabases } from "@redsync/upstash-server/given-databases";
import { register } from "./register.ts";
import { servers } from "./servers.ts";

register(
  overGivenDatabases(
    "Upstash over HTTP",
    (database) => upstashNode(database, { listen: true }),
    servers.upstash,
  ),
);
