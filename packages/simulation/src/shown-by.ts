import { writeFile } from "node:fs/promises";
import known from "../shown-by.json" with { type: "json" };
import type { BreakingMutation } from "./breaking-mutation.ts";
import { seeds } from "./kinds.ts";
import { mutant } from "./mutant.ts";
import { mutations } from "./mutations.ts";
import { type Findings, search } from "./search.ts";

/** In so many schedules a mutation must be seen. */
export const WITHIN = 3_000;

/** The seed that showed a mutation when all of them were last looked for, by its title. */
export const shownBy: Readonly<Record<string, number>> = known;

/** Looks for what a mutation breaks: first in the schedule that showed it last, then in one after the other. */
export async function lookFor(mutation: BreakingMutation): Promise<Findings> {
  const { title, kind, rules, checksStorage = true } = mutation;
  const last = shownBy[title];
  const setting = { subject: await mutant(mutation), checksStorage };
  const findings = await search(setting, last === undefined ? [] : [last], rules);
  return findings.found === undefined ? search(setting, seeds(WITHIN, kind), rules) : findings;
}

/** Looks for what every mutation breaks, and writes down the seeds. Resolves to the titles of those that nothing shows. */
export async function lookForAll(write: (line: string) => void): Promise<string[]> {
  const found: [title: string, seed: number][] = [];
  const missed: string[] = [];
  for (const mutation of mutations) {
    const { title } = mutation;
    const seed = (await lookFor(mutation)).found?.seed;
    write(`${title}: ${seed === undefined ? "nothing shows it" : `seed ${seed}`}`);
    if (seed === undefined) missed.push(title);
    else found.push([title, seed]);
  }
  const text = JSON.stringify(Object.fromEntries(found), null, 2);
  await writeFile(new URL("../shown-by.json", import.meta.url), `${text}\n`);
  return missed;
}
