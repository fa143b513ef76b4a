import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The text of a file of the repository. */
export const read = (file: string): string => readFileSync(`${root}${file}`, "utf8");

/** A complete program that the docs show, with where it stands. */
export interface Program {
  readonly where: string;
  readonly code: string;
}

/** Whether a program of the docs shows how a job runs once an hour, however many machines start it. */
export const runsOnce = ({ code }: Pick<Program, "code">): boolean => code.includes("nightly-report");

/** What a program says when all is well. */
export const success = (program: Pick<Program, "code">): RegExp =>
  runsOnce(program) ? /another machine has it|writes the report/ : /released/;

/** The programs that are marked `<!-- example: kind -->`: `esm` runs on Node and elsewhere, `bun` and `worker` there alone. */
export function programs(kind: "esm" | "bun" | "worker"): readonly Program[] {
  const pattern = new RegExp(`<!-- example: ${kind} -->\n\`\`\`js\n(.*?)\`\`\``, "gs");
  return globSync("{README.md,docs/*.md,packages/*/README.md}", { cwd: root })
    .sort()
    .flatMap((file) => {
      const text = read(file);
      return [...text.matchAll(pattern)].map(({ 1: code = "", index }) => ({
        where: `${file}:${text.slice(0, index).split("\n").length}`,
        code,
      }));
    });
}
