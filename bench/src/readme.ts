import { readFile, writeFile } from "node:fs/promises";

const README = new URL("../README.md", import.meta.url);
const BEGIN = "<!-- measured: pnpm bench --write -->";
const END = "<!-- end of what was measured -->";

/** Puts the tables between the markers of the README. */
export async function writeReadme(tables: string): Promise<void> {
  const text = await readFile(README, "utf8");
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("bench/README.md has lost its markers");
  await writeFile(README, `${text.slice(0, begin)}${BEGIN}\n\n${tables}\n${text.slice(end)}`);
}
