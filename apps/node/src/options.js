// Plain JavaScript with built-in modules only, and so is what it imports: `npm start` checks its arguments by this file before it
// installs anything, on the oldest Node that a machine may have.
import { parseArgs } from "node:util";
import { readServers } from "./servers.js";
import { UsageError } from "./usage-error.js";

/** What `--client` takes. */
export const clientNames = /** @type {const} */ (["ioredis", "node-redis", "valkey-glide"]);

/** @typedef {(typeof clientNames)[number]} ClientName */

/**
 * What was asked for on the command line and in the environment.
 *
 * @typedef {object} Options
 * @property {readonly URL[]} servers The addresses of real servers; none for nodes in memory.
 * @property {ClientName} client What speaks to the servers.
 * @property {number} tasks
 * @property {number} bookings
 * @property {number} processes
 */

export const usage = `Usage: npm start [-- --tasks 8 --bookings 1000 --processes 4 --client ioredis]

Many tasks book the seats of one show, first without a lock, then with one.

  --tasks      how many tasks book at once (8)
  --bookings   how many bookings each run makes in all (1000)
  --processes  how many processes share the tasks (4; needs REDIS_URLS)
  --client     what speaks to the servers: ${clientNames.join(", ")} (ioredis; needs REDIS_URLS)

  REDIS_URLS=redis://a,redis://b,redis://c   runs it over these servers, in several processes`;

const flags = /** @type {const} */ ({
  help: { type: "boolean", short: "h" },
  tasks: { type: "string" },
  bookings: { type: "string" },
  processes: { type: "string" },
  client: { type: "string" },
});

/**
 * Reads and checks everything that a user can set; null if the usage was asked for.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Options | null}
 */
export function readOptions(args, environment) {
  refuseKeptByNpm(environment);
  const values = parse(args);
  if (values.help) return null;
  const servers = readServers(environment.REDIS_URLS);
  if (servers.length === 0 && values.processes !== undefined)
    throw new UsageError("--processes needs REDIS_URLS: no other process can see a node in memory");
  if (servers.length === 0 && values.client !== undefined)
    throw new UsageError("--client needs REDIS_URLS: nodes in memory have no client");
  const tasks = count("--tasks", values.tasks ?? "8", 26);
  const processes = servers.length === 0 ? 1 : count("--processes", values.processes ?? "4", 26);
  return {
    servers,
    client: clientOf(values.client ?? "ioredis"),
    tasks,
    bookings: count("--bookings", values.bookings ?? "1000", 100_000),
    processes: Math.min(processes, tasks),
  };
}

/**
 * `npm start --tasks 4` is npm's own option, which npm passes on in the environment alone: nobody would notice.
 *
 * @param {NodeJS.ProcessEnv} environment
 */
function refuseKeptByNpm(environment) {
  for (const flag of Object.keys(flags)) {
    if (environment[`npm_config_${flag}`] !== undefined && flag !== "help")
      throw new UsageError(`--${flag} went to npm: write "--" before it, as in npm start -- --${flag} ...`);
  }
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({ args, options: flags }).values;
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {string} name
 * @returns {ClientName}
 */
function clientOf(name) {
  const client = clientNames.find((each) => each === name);
  if (client !== undefined) return client;
  throw new UsageError(`--client must be one of ${clientNames.join(", ")}; it is "${name}"`);
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} most
 */
function count(name, text, most) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw new UsageError(`${name} must be a whole number from 1 to ${most}; it is "${text}"`);
}
