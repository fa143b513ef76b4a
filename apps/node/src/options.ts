import { parseArgs } from "node:util";
import { type ClientName, clientNames, isClientName } from "./clients.ts";
import { readServers } from "./servers.ts";
import { UsageError } from "./usage-error.ts";

/** What was asked for on the command line and in the environment. */
export interface Options {
  /** The addresses of real servers; none for memory nodes. */
  readonly servers: readonly URL[];
  /** What speaks to the servers. */
  readonly client: ClientName;
  readonly tasks: number;
  readonly bookings: number;
  readonly processes: number;
}

export const usage = `Usage: npm start [-- --tasks 8 --bookings 1000 --processes 4 --client ioredis]

Many tasks book the seats of one show, first without a lock, then with one.

  --tasks      how many tasks book at once (8)
  --bookings   how many bookings each run makes in all (1000)
  --processes  how many processes share the tasks (4; needs REDIS_URLS)
  --client     what speaks to the servers: ${clientNames.join(", ")} (ioredis; needs REDIS_URLS)

  REDIS_URLS=redis://a,redis://b,redis://c   runs it over these servers, in several processes`;

/** Reads and checks everything that a user can set; null where the usage was asked for. */
export function readOptions(args: string[], environment: NodeJS.ProcessEnv): Options | null {
  const values = parse(args);
  if (values.help) return null;
  const servers = readServers(environment.REDIS_URLS ?? "");
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

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: "boolean", short: "h" },
        tasks: { type: "string" },
        bookings: { type: "string" },
        processes: { type: "string" },
        client: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function clientOf(name: string): ClientName {
  if (isClientName(name)) return name;
  throw new UsageError(`--client must be one of ${clientNames.join(", ")}; it is "${name}"`);
}

function count(name: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw new UsageError(`${name} must be a whole number from 1 to ${most}; it is "${text}"`);
}
