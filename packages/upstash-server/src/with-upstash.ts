#!/usr/bin/env node
// `with-redis 5 with-upstash COMMAND ARGUMENT...` runs a command while each of those servers is a database of Upstash as well.
// It finds them by `givenDatabases()`, and an argument `{databases}` becomes their addresses.
import { givenPorts } from "@redsync/conformance/given-servers";
import { run } from "@redsync/conformance/run";
import { startUpstash } from "./index.ts";

const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error("usage: with-upstash COMMAND ARGUMENT...");

const rests = await Promise.all(givenPorts().map((port) => startUpstash({ redis: { port } })));
process.exitCode = await run(command, args, {
  env: { UPSTASH_DATABASES: JSON.stringify(rests.map(({ url, token }) => ({ url, token }))) },
  names: { databases: rests.map(({ url }) => new URL(url).host).join() },
});
await Promise.all(rests.map((rest) => rest.stop()));
