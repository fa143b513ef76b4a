import { tenths } from "./figures.ts";
import { type ImportTime, importTimes } from "./import-time.ts";
import type { Section } from "./section.ts";
import { table } from "./table.ts";

/** How long a process waits for a package. */
export const importSection: Section = {
  id: "import",
  async measure({ effort }) {
    const times = importTimes(effort.imports);
    const [, ...packages] = times;
    // Less than an empty process takes is possible, in few runs of them.
    return {
      text: importTable(times),
      rows: packages.map(({ title, ms }) => ({ title, measured: Math.abs(ms) })),
    };
  },
};

function importTable(times: readonly ImportTime[]): string {
  const [empty, ...others] = times;
  const body = others.map(({ title, ms }) => [title, tenths.format(ms)]);
  const note = `Beyond the ${tenths.format(empty?.ms ?? Number.NaN)} ms of an empty process.`;
  return `### Import\n\n${note}\n\n${table(["", "ms"], body)}\n`;
}
