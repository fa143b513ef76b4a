#!/usr/bin/env node
// `with-redis 5 COMMAND ARGUMENT...` runs a command, of any runtime, while so many servers are up. It finds their ports in the
// environment's REDIS_PORTS, and an argument `{addresses}` becomes their addresses.
import { run } from "./run.ts";
import { startServers } from "./servers/index.ts";

const [count, command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error("usage: with-redis COUNT COMMAND ARGUMENT...");

const servers = await startServers(Number(count));
process.exitCode = await run(command, args, {
  env: { REDIS_PORTS: servers.map(({ port }) => port).join() },
  names: { addresses: servers.map(({ host, port }) => `${host}:${port}`).join() },
});
await Promise.all(servers.map((server) => server.stop()));
