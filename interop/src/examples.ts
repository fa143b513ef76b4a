import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { say } from "./program.ts";

const folder = fileURLToPath(new URL("../../docs/migrating/", import.meta.url));
const slowClock = new URL("slow-clock.ts", import.meta.url).href;

/** Which of the two programs of a page: with the library that one comes from, or with ours. */
export type Side = "before" | "after";

/** A program that a page shows in pieces. */
export interface Example {
  readonly language: string;
  readonly code: string;
  /** What it prints, line by line, as the comment behind each call that prints says. */
  readonly prints: readonly string[];
}

const printed = /^.*\b(?:console\.log|fmt\.Println|print)\(.*\);? +(?:\/\/|#) (.+)$/gm;

/** The text of a page below docs/migrating/. */
export const pageOf = (name: string): string => readFileSync(`${folder}${name}`, "utf8");

/**
 * The program of a page: all its blocks that are marked `<!-- example: before -->`, or `after`, in their order. The first one has the
 * imports; of the others in JavaScript each has a scope of its own, so that the page may show a name twice.
 */
export function exampleOf(page: string, side: Side): Example {
  const pattern = new RegExp(`<!-- example: ${side} -->\n\`\`\`(\\w+)\n(.*?)\`\`\``, "gs");
  const blocks = [...pageOf(page).matchAll(pattern)].map(([, language = "", code = ""]) => ({
    language,
    code,
  }));
  const [first, ...others] = blocks;
  if (first === undefined) throw new Error(`${page} shows nothing "${side}"`);
  const { language } = first;
  const scoped = others.map(({ code }) => (language === "js" ? `{\n${code}}\n` : code));
  const code = [first.code, ...scoped].join("\n");
  return { language, code, prints: [...code.matchAll(printed)].map(([, text = ""]) => text) };
}

/** Runs a program to its end; resolves to the lines that it prints. Rejects, with its last words, if it fails. */
export async function play(
  env: Readonly<Record<string, string>>,
  folder: string,
  command: string,
  ...args: string[]
): Promise<string[]> {
  const said = await say({ ...process.env, ...env }, folder, command, ...args);
  if (said === undefined) throw new Error(`there is no ${command}`);
  return said.split("\n");
}

/** The same for a program in JavaScript: no deadline of its own is missed because the machine is busy. */
export function playModule(
  env: Readonly<Record<string, string>>,
  folder: string,
  file: string,
): Promise<string[]> {
  return play(env, folder, process.execPath, "--import", slowClock, file);
}
