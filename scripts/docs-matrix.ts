// `pnpm docs:matrix` writes the matrix into docs/runtimes.md. It is read from the reports of the last test run; if they do not
// make one, the suites of the runtimes run first.
import { ensureNeeds } from "./machine.ts";
import { writeMatrix } from "./matrix.ts";
import { reportOf } from "./reports.ts";
import { root } from "./root.ts";
import { findSuites } from "./suites.ts";
import { failuresIn, runSuites } from "./turbo.ts";

const suites = findSuites(root).filter(({ folder }) => /[\\/]runtimes[\\/][^\\/]+$/.test(folder));

async function write(): Promise<void> {
  const isNew = await writeMatrix(suites.flatMap((suite) => reportOf(suite) ?? []));
  console.log(isNew ? "docs/runtimes.md has a new matrix." : "The matrix of docs/runtimes.md is up to date.");
}

async function main(): Promise<void> {
  try {
    return await write();
  } catch (error) {
    console.log(`The reports that are there make no matrix (${messageOf(error)}): the suites run.`);
  }
  ensureNeeds(suites);
  const failed = (await runSuites(root, suites, { output: "errors-only" })).flatMap(failuresIn);
  if (failed.length > 0)
    throw new Error(`something failed:\n${failed.map((line) => `  ${line}`).join("\n")}`);
  await write();
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

try {
  await main();
} catch (error) {
  console.error(`\nNo matrix is written: ${messageOf(error)}`);
  process.exitCode = 1;
}
