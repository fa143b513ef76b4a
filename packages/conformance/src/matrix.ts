import { groupTitle, proofTitle, reasonOf } from "./group.ts";
import { type Scope, scopes } from "./scopes.ts";

export { absences } from "./absences.ts";

/** A test of a report. */
export interface Test {
  /** Its groups, from the outermost, and its title. */
  readonly path: readonly string[];
  readonly result: "passed" | "failed" | "skipped";
}

/** One client on one runtime: what was played there, and passed. */
export interface Cell {
  readonly client: string;
  readonly runtime: string;
  readonly scope: Scope;
  /** Why some of the cases were skipped. */
  readonly reasons: readonly string[];
}

/** Why clients are not played on runtimes; a name that begins so is meant. */
export interface Absence {
  readonly clients: readonly string[];
  readonly runtimes: readonly string[];
  readonly reason: string;
}

/**
 * The groups of cases in a report, each of which has proven its runtime.
 *
 * Throws where a group played cases that are not those of any scope, or skipped one without a reason: a cell is not claimed
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
    return [{ client, runtime, ...outcomeOf(group, played) }];
  });
}

function outcomeOf(group: string, tests: readonly Test[]): Pick<Cell, "scope" | "reasons"> {
  const reasons = new Set<string>();
  const played = tests.map(({ path, result }) => {
    const title = path.at(-1) ?? "";
    if (result === "failed") throw new Error(`${group}: failed: ${title}`);
    if (result === "passed") return title;
    const skip = reasonOf(title);
    if (skip === undefined) throw new Error(`${group}: skipped without a reason: ${title}`);
    reasons.add(skip.reason);
    return skip.name;
  });
  const scope = (Object.keys(scopes) as Scope[]).find((each) => isSame(played, scopes[each]));
  if (scope === undefined) throw new Error(`${group}: its ${played.length} cases are those of no scope`);
  return { scope, reasons: [...reasons] };
}

function isSame(played: readonly string[], cases: readonly { readonly name: string }[]): boolean {
  const names = new Set(played);
  return played.length === cases.length && cases.every(({ name }) => names.has(name));
}

const inOrder = (texts: Iterable<string>): string[] =>
  [...new Set(texts)].sort((one, other) => one.localeCompare(other, "en", { numeric: true }));

/** The notes under the tables, each there once, by number. */
class Notes {
  readonly #texts: string[] = [];

  numbers(texts: readonly string[]): string {
    const numbers = texts.map((text) => {
      if (!this.#texts.includes(text)) this.#texts.push(text);
      return this.#texts.indexOf(text) + 1;
    });
    return numbers.length === 0 ? "" : ` <sup>${numbers.sort((a, b) => a - b).join(", ")}</sup>`;
  }

  lines(): string[] {
    return this.#texts.map((text, index) => `${index + 1}. ${text}`);
  }
}

/**
 * The matrix as Markdown: what plays on independent nodes by client and runtime, then the deployments that are a node each.
 *
 * Throws where a client is not played on a runtime and no absence says why, and where an absence is of no use (any more).
 */
export function matrixOf(cells: readonly Cell[], absences: readonly Absence[]): string {
  const isWide = ({ client }: Cell) => cells.some((cell) => cell.client === client && cell.scope === "all");
  const notes = new Notes();
  const wide = wideTable(cells.filter(isWide), absences, notes);
  const long = longTable(
    cells.filter((cell) => !isWide(cell)),
    notes,
  );
  return [...wide, "", ...long, "", ...notes.lines()].join("\n");
}

function wideTable(cells: readonly Cell[], absences: readonly Absence[], notes: Notes): string[] {
  const runtimes = inOrder(cells.map(({ runtime }) => runtime));
  const unused = new Set(absences);
  const contentOf = (client: string, runtime: string): string => {
    const [cell, twin] = cells.filter((each) => each.client === client && each.runtime === runtime);
    if (twin !== undefined) throw new Error(`${groupTitle(client, runtime)} was played twice`);
    if (cell !== undefined) return contentOfCell(cell, notes);
    const absence = absences.find(
      ({ clients, runtimes }) =>
        clients.some((start) => client.startsWith(start)) &&
        runtimes.some((start) => runtime.startsWith(start)),
    );
    if (absence === undefined)
      throw new Error(`${groupTitle(client, runtime)} was not played, and nothing says why`);
    unused.delete(absence);
    return `–${notes.numbers([`Not played: ${absence.reason}.`])}`;
  };
  const rows = inOrder(cells.map(({ client }) => client)).map((client) =>
    row(client, ...runtimes.map((runtime) => contentOf(client, runtime))),
  );
  for (const { reason } of unused) throw new Error(`nothing is absent because "${reason}"`);
  return [row("", ...runtimes), row("---", ...runtimes.map(() => "---")), ...rows];
}

function longTable(cells: readonly Cell[], notes: Notes): string[] {
  const rows = inOrder(cells.map(({ client }) => client)).flatMap((client) =>
    cells
      .filter((cell) => cell.client === client)
      .map((cell) => row(client, cell.runtime, contentOfCell(cell, notes))),
  );
  return [row("", "runtime", "cases"), row("---", "---", "---"), ...rows];
}

const contentOfCell = ({ scope, reasons }: Cell, notes: Notes): string =>
  `${scope}${notes.numbers(reasons.map((reason) => `Some cases are skipped: ${reason}.`))}`;

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
