// One of several processes: makes its part of a run, and stops early when the channel closes, as when its parent dies.
import { once } from "node:events";
import { connect } from "./connections.ts";
import type { ClientName } from "./options.js";
import { type Message, perform } from "./perform.ts";
import { readServers } from "./servers.js";

const stop = new AbortController();
process.once("disconnect", () => stop.abort());
// The terminal sends Ctrl-C to every process; the parent decides what it means.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

const [, , client, job = ""] = process.argv;
const connections = await connect(client as ClientName, readServers(process.env.REDIS_URLS));
try {
  if (!process.connected) stop.abort();
  tell("ready");
  await once(process, "message", { signal: stop.signal });
  await perform(JSON.parse(job), connections, stop.signal, tell);
} catch (error) {
  tell({ failure: (error as Error).message });
}
for (const { close } of connections) close();
// Not disconnect(): the last messages may still be on their way.
process.channel?.unref();

function tell(message: Message): void {
  // With a callback: the parent may close the channel in this very moment, and an error without one would end the process.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
