#!/usr/bin/env node
// `with-redis 5 COMMAND ARGUMENT...` runs a command, of any runtime, while so many servers are up. It finds their ports in the
// environment's REDIS_PORTS, and an argument `{addresses}` becomes their addresses: a sandbox wants them on its command line.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startServers } from "./servers/index.ts";

const [count, command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error("usage: with-redis COUNT COMMAND ARGUMENT...");

const servers = await startServers(Number(count));
const addresses = servers.map(({ host, port }) => `${host}:${port}`).join();
const child = spawn(
  command,
  args.map((argument) => argument.replace("{addresses}", addresses)),
  { stdio: "inherit", env: { ...process.env, REDIS_PORTS: servers.map(({ port }) => port).join() } },
);
const [status] = await once(child, "exit");
await Promise.all(servers.map((server) => server.stop()));
process.exitCode = status ?? 1;
