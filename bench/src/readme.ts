import { readFile, writeFile } from "node:fs/promises";

const README = new URL("../README.md", import.meta.url);
const HEADING = "\n## Measured\n";

/** Puts the tables into the README. */
export async function writeReadme(tables: string): Promise<void> {
  await writeFile(README, withMeasured(await readFile(README, "utf8"), tables));
}

/** The text with the tables in the place of everything below its heading "Measured", which is the last. */
export function withMeasured(text: string, tables: string): string {
  const end = text.indexOf(HEADING);
  if (end < 0) throw new Error('bench/README.md has lost its heading "Measured"');
  return `${text.slice(0, end)}${HEADING}\n${tables.trim()}\n`;
}
