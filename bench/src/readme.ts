import { mkdir, readFile, writeFile } from "node:fs/promises";
import type { Plot, Table } from "./section.ts";
import { type Target, targetTable } from "./targets.ts";

const README = new URL("../README.md", import.meta.url);
const RESULTS = new URL("../results/", import.meta.url);
const HEADING = "\n## Measured\n";
const TARGETS = "### Targets\n";

/** Puts the tables into the README, all of them or these in the place of their own, and the pictures beside it. */
export async function writeReadme(
  which: "all" | "some",
  head: string,
  tables: readonly Table[],
): Promise<void> {
  const targets = tables.flatMap((table) => table.targets ?? []);
  const texts = tables.map(({ text, plots = [] }) => [text, ...plots.map(shown)].join("\n"));
  const before = await readFile(README, "utf8");
  const after =
    which === "all"
      ? withMeasured(before, [head, targetTable(targets), ...texts].join("\n"))
      : withSome(before, head, targets, texts);
  await mkdir(RESULTS, { recursive: true });
  for (const { file, svg } of tables.flatMap(({ plots = [] }) => plots))
    await writeFile(new URL(file, RESULTS), svg);
  await writeFile(README, after);
}

function shown({ file, alt }: Plot): string {
  return `![${alt}](results/${file})\n`;
}

/** The text with the tables in the place of everything below its heading "Measured", which is the last. */
export function withMeasured(text: string, tables: string): string {
  return `${aboveMeasured(text)}${HEADING}\n${tables.trim()}\n`;
}

/**
 * The text with these tables in the place of those of the same title, or behind all others, and with their targets among the targets.
 * Each says when it was measured, since the others were not measured with it.
 */
export function withSome(
  text: string,
  head: string,
  targets: readonly Target[],
  tables: readonly string[],
): string {
  const above = aboveMeasured(text);
  const [first = "", ...blocks] = text.slice(above.length + HEADING.length).split(/^(?=### )/m);
  const known = blocks.find((block) => block.startsWith(TARGETS)) ?? "";
  const fresh = [
    targetTable(merged(targetsIn(known), targets)),
    ...tables.map((table) => dated(table, head)),
  ];
  for (const block of fresh.filter((each) => each !== "")) {
    const place = blocks.findIndex((each) => titleOf(each) === titleOf(block));
    if (place >= 0) blocks[place] = block;
    else blocks.push(block);
  }
  return withMeasured(text, [first, ...blocks].map((block) => block.trim()).join("\n\n"));
}

function aboveMeasured(text: string): string {
  const end = text.indexOf(HEADING);
  if (end < 0) throw new Error('bench/README.md has lost its heading "Measured"');
  return text.slice(0, end);
}

function titleOf(block: string): string {
  return block.slice(0, block.indexOf("\n"));
}

function dated(table: string, head: string): string {
  return `${table.trim()}\n\nMeasured apart from the others. ${head}`;
}

/** The targets of a table as `targetTable` writes it. */
function targetsIn(block: string): Target[] {
  const lines = block.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) => {
    const [what = "", target = "", measured = "", outcome = "", beside = ""] = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { what, target, measured, outcome, beside };
  });
}

function merged(known: readonly Target[], fresh: readonly Target[]): Target[] {
  const stays = known.map((old) => fresh.find(({ what }) => what === old.what) ?? old);
  return [...stays, ...fresh.filter(({ what }) => !known.some((old) => old.what === what))];
}
