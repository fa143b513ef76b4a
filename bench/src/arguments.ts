import { parseArgs } from "node:util";
import { type ContestantId, contestant, contestants } from "./contestants.ts";
import { type Effort, full, quick } from "./effort.ts";

const USAGE = `pnpm bench [options]
  --quick              a few short rounds: shows that everything works, compares nothing
  --only <text>        the sections whose id contains the text: sequential, in-flight, sequential-1, stopped,
                       stopped-command-timeout, killed, many-names, features, cpu, allocation, traffic, core, size,
                       import, waiting, waiting-at-once, waiting-processes; may be given several times
  --contestant <id>    these contestants, and those they are compared with; may be given several times:
                       ${Object.keys(contestants).join(", ")}
  --rounds <n>         rounds per workload
  --slice <ms>         how long a contestant runs in each round
  --write              put the tables into bench/README.md, in the place of all that are there, or with --only in the
                       place of these; and the pictures into bench/results`;

/** What to measure, and how long. */
export interface Arguments {
  readonly effort: Effort;
  /** Whether the README gets all tables anew, or those that are measured. */
  readonly write: "all" | "some" | undefined;
  wantsSection(id: string): boolean;
  wantsContestant(id: ContestantId): boolean;
}

/** The command line, or undefined if help was asked for and has been given. */
export function readArguments(argv: readonly string[]): Arguments | undefined {
  const { values } = parseArgs({
    // `pnpm bench -- --quick` passes the dashes on.
    args: argv.filter((argument) => argument !== "--"),
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      contestant: { type: "string", multiple: true },
      rounds: { type: "string" },
      slice: { type: "string" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return undefined;
  }
  const { only, contestant: chosen } = values;
  const unknown = chosen?.find((id) => !(id in contestants));
  if (unknown !== undefined) throw new TypeError(`--contestant ${unknown}: nobody is called that\n${USAGE}`);
  if (values.write && (values.quick || chosen !== undefined))
    throw new TypeError("--write replaces whole tables: not together with --quick or --contestant");
  const effort = values.quick ? quick : full;
  return {
    effort: {
      ...effort,
      rounds: count("--rounds", values.rounds, effort.rounds),
      sliceMs: count("--slice", values.slice, effort.sliceMs),
    },
    write: values.write ? (only === undefined ? "all" : "some") : undefined,
    wantsSection: (id) => only === undefined || only.some((text) => id.includes(text)),
    wantsContestant: (id) => chosen === undefined || contestant(id).isFloor === true || chosen.includes(id),
  };
}

function count(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new RangeError(`${option} must be a positive integer`);
  return number;
}
