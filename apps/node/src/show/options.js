// Plain JavaScript with built-in modules only, and so is what it imports: `npm start` checks its arguments by this file before it
// installs anything, on the oldest Node that a machine may have.
import { parseArgs } from "node:util";
import { readServers } from "./servers.js";

const clientNames = /** @type {const} */ (["ioredis", "node-redis", "valkey-glide"]);

/** @typedef {(typeof clientNames)[number] | "memory"} ClientName */
/** @typedef {{ servers: URL[], client: ClientName, tasks: number, processes: number, bookings: number }} Options */

export const usage = `Usage: [REDIS_URLS=redis://a,redis://b,redis://c] npm start [-- --tasks 8 --bookings 1000 --client ioredis]

Many tasks book the seats of one show, first without a lock, then with one.

  --tasks      how many tasks book at once (8)
  --bookings   how many bookings each run makes in all (1000)
  --processes  how many processes share the tasks (4; needs REDIS_URLS)
  --client     what speaks to the servers: ${clientNames.join(", ")} (ioredis; needs REDIS_URLS)`;

const text = /** @type {const} */ ({ type: "string" });
const settings = { tasks: text, bookings: text, processes: text, client: text };
const flags = /** @type {const} */ ({ help: { type: "boolean", short: "h" }, ...settings });

/** @type {(args: string[], environment: NodeJS.ProcessEnv) => Options | null} Null if the usage was asked for. */
export function readOptions(args, environment) {
  // `npm start --tasks 4` is npm's own option, which npm passes on in the environment alone: nobody would notice.
  const kept = Object.keys(settings).find((flag) => environment[`npm_config_${flag}`] !== undefined);
  if (kept) throw new Error(`--${kept} went to npm: write "--" before it, as in npm start -- --${kept} ...`);
  const { values } = parseArgs({ args, options: flags });
  if (values.help) return null;
  const isLocal = environment.REDIS_URLS === undefined;
  const needing = values.processes !== undefined ? "--processes" : values.client && "--client";
  if (isLocal && needing) throw new Error(`${needing} needs REDIS_URLS: without it, all is in this process`);
  const client = clientNames.find((name) => name === (values.client ?? "ioredis"));
  if (!client) throw new Error(`--client must be one of ${clientNames.join(", ")}; it is "${values.client}"`);
  const tasks = count("--tasks", values.tasks ?? "8", 26);
  const most = count("--processes", values.processes ?? (isLocal ? "1" : "4"), 26);
  return {
    servers: readServers(environment.REDIS_URLS),
    client: isLocal ? "memory" : client,
    tasks,
    processes: Math.min(tasks, most),
    bookings: count("--bookings", values.bookings ?? "1000", 100_000),
  };
}

/** @type {(name: string, text: string, most: number) => number} */
function count(name, text, most) {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
  throw new Error(`${name} must be a whole number from 1 to ${most}; it is "${text}"`);
}
