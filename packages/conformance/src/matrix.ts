import type { Absence } from "./absences.ts";
import { groupTitle } from "./group.ts";
import type { Cell } from "./report-cells.ts";

export { absences } from "./absences.ts";
export { type Cell, cellsOf, type Test } from "./report-cells.ts";

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
 * Throws if a client is not played on a runtime and no absence says why, and if an absence is of no use (any more).
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
