import { parseArgs } from "node:util";
import { readServers } from "./servers.ts";
import { UsageError } from "./usage-error.ts";

/** What was asked for on the command line and in the environment. */
export interface Options {
  /** The addresses of real servers; none for memory nodes. */
  readonly servers: readonly URL[];
  readonly tasks: number;
  readonly bookings: number;
  readonly processes: number;
}

export const usage = `Usage: npm start [-- --tasks 8 --bookings 1000 --processes 4]

Many tasks book the seats of one show, first without a lock, then with one.

  --tasks      how many tasks book at once (8)
  --bookings   how many bookings each run makes in all (1000)
  --processes  how many processes share the tasks (4; needs REDIS_URLS)

  REDIS_URLS=redis://a,redis://b,redis://c   runs it over these servers, in several processes`;

/** Reads and checks everything that a user can set; null where the usage was asked for. */
export function readOptions(args: string[], environment: NodeJS.ProcessEnv): Options | null {
  const values = parse(args);
  if (values.help) return null;
  const servers = readServers(environment.REDIS_URLS ?? "");
  if (servers.length === 0 && values.processes !== undefined)
    throw new UsageError("--processes needs REDIS_URLS: no other process can see a node in memory");
  const tasks = count("--tasks", values.tasks ?? "8", 26);
  const processes = servers.length === 0 ? 1 : count("--processes", values.processes ?? "4", 26);
  return {
    servers,
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
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function count(name: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw new UsageError(`${name} must be a whole number from 1 to ${most}; it is "${text}"`);
}
