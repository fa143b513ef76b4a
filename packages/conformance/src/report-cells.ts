import { groupTitle, proofTitle, skippedIn } from "./group.ts";
import { type Scope, scopes } from "./scopes.ts";

/** A test of a report. */
export interface Test {
  /** Its groups, from the outermost, and its title. */
  readonly path: readonly string[];
  readonly result: "passed" | "failed" | "skipped";
  /** Why it failed, if its runner wrote that down. */
  readonly why?: string;
}

/** One client on one runtime: what was played there, and passed. */
export interface Cell {
  readonly client: string;
  readonly runtime: string;
  readonly scope: Scope;
  /** Why some of the cases were skipped. */
  readonly reasons: readonly string[];
}

/**
 * The groups of cases in a report, each of which has proven its runtime.
 *
 * Throws if a group played cases that are not those of any scope, or skipped one without a reason: a cell is not claimed
 * by halves.
 */
export function cellsOf(tests: readonly Test[]): readonly Cell[] {
  return tests.flatMap(({ path, result }) => {
    const [group = "", proof = ""] = path.slice(-2);
    const runtime = proof.slice(proofTitle("").length);
    const client = group.slice(0, -groupTitle("", runtime).length);
    const isProof = proof === proofTitle(runtime) && group === groupTitle(client, runtime);
    if (!isProof || result !== "passed") return [];
    const played = tests.filter((test) => test.path.at(-2) === group && test.path.at(-1) !== proof);
    return [{ client, runtime, ...scopeAndReasonsOf(group, played) }];
  });
}

function scopeAndReasonsOf(group: string, tests: readonly Test[]): Pick<Cell, "scope" | "reasons"> {
  const reasons = new Set<string>();
  const played = tests.map(({ path, result }) => {
    const title = path.at(-1) ?? "";
    if (result === "failed") throw new Error(`${group}: failed: ${title}`);
    if (result === "passed") return title;
    const skip = skippedIn(title);
    if (skip === undefined) throw new Error(`${group}: skipped without a reason: ${title}`);
    reasons.add(skip.reason);
    return skip.title;
  });
  const scope = (Object.keys(scopes) as Scope[]).find((each) => isSame(played, scopes[each]));
  if (scope === undefined) throw new Error(`${group}: its ${played.length} cases are those of no scope`);
  return { scope, reasons: [...reasons] };
}

function isSame(played: readonly string[], cases: readonly { readonly title: string }[]): boolean {
  const titles = new Set(played);
  return played.length === cases.length && cases.every(({ title }) => titles.has(title));
}
