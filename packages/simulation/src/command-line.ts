import { parseArgs } from "node:util";
import type { BreakingMutation } from "./breaking-mutation.ts";
import { mutations } from "./mutations.ts";

export const usage = `Runs the simulation of core.

  pnpm simulate --seed N [--trace]   one schedule; with --trace, all that happens in it, step by step
  pnpm simulate --seeds N [--from S] the first N schedules, or the N from the seed S on, until one breaks a rule
  pnpm simulate --rules              the table of the README: rules, and what breaks them
  pnpm simulate --mutations          which seed shows each mutation, written to shown-by.json (minutes)
  pnpm simulate --scale              what it costs to wait, for up to 1,000 processes or names (a minute)
  pnpm simulate --scale --large      the same for 10,000 (many minutes, and gigabytes)

  --mutation TITLE                   with core broken as by this entry of mutations/, looking for its rules
  --help                             this text`;

/** What is to be run. */
export interface Order {
  readonly run:
    | { readonly seed: number; readonly isTraced: boolean }
    | { readonly seeds: number; readonly from?: number }
    | "rules"
    | "mutations"
    | { readonly scale: "usual" | "large" }
    | "help";
  readonly mutation?: BreakingMutation;
}

/** Reads the options. Throws an error that says which one is wrong, and why. */
export function orderOf(args: readonly string[]): Order {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string" },
      seeds: { type: "string" },
      from: { type: "string" },
      trace: { type: "boolean" },
      mutation: { type: "string" },
      rules: { type: "boolean" },
      mutations: { type: "boolean" },
      scale: { type: "boolean" },
      large: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return { run: "help" };
  if (values.rules) return { run: "rules" };
  if (values.mutations) return { run: "mutations" };
  if (values.scale) return { run: { scale: values.large ? "large" : "usual" } };
  if (values.large) throw new RangeError("--large needs --scale");
  const { seed, seeds, from, trace = false } = values;
  const mutation = values.mutation === undefined ? undefined : mutationCalled(values.mutation);
  const further = { ...(mutation && { mutation }) };
  if (seed !== undefined && seeds !== undefined) throw new RangeError("either --seed or --seeds, not both");
  if (seed !== undefined) return { run: { seed: whole("--seed", seed, 0), isTraced: trace }, ...further };
  if (from !== undefined && (seeds === undefined || mutation))
    throw new RangeError("--from needs --seeds, and core as it is");
  if (trace) throw new RangeError("--trace needs the one schedule of a --seed");
  if (seeds !== undefined) {
    const first = from === undefined ? {} : { from: whole("--from", from, 0) };
    return { run: { seeds: whole("--seeds", seeds, 1), ...first }, ...further };
  }
  throw new RangeError("--seed or --seeds is missing");
}

function whole(option: string, text: string, least: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  // Of a larger seed, Random would take the lower bits alone.
  if (number >= least && number < 2 ** 32) return number;
  throw new RangeError(`${option} must be a whole number from ${least} to ${2 ** 32 - 1}, not "${text}"`);
}

function mutationCalled(title: string): BreakingMutation {
  const mutation = mutations.find((each) => each.title === title);
  if (mutation === undefined) throw new RangeError(`no mutation has the title "${title}"`);
  return mutation;
}
