// `pnpm docs:matrix` writes the matrix into docs/runtimes.md. It is read from the reports of the last test run; if they do not
// make one, the suites of the runtimes run first.
import { ensureNeeds } from "./machine.ts";
import { writeMatrix } from "./matrix.ts";
import { reportOf } from "./reports.ts";
import { root } from "./root.ts";
import { findSuites } from "./suites.ts";
import { runSuites } from "./turbo.ts";

const suites = findSuites(root).filter(({ folder }) => /[\\/]runtimes[\\/][^\\/]+$/.test(folder));
const write = async () => {
  const isNew = await writeMatrix(suites.flatMap((suite) => reportOf(suite) ?? []));
  console.log(isNew ? "docs/runtimes.md has a new matrix." : "The matrix of docs/runtimes.md is up to date.");
};

try {
  await write();
} catch (error) {
  console.log(
    `The reports that are there make no matrix (${error instanceof Error ? error.message : error}).`,
  );
  ensureNeeds(suites);
  await runSuites(root, suites, { output: "errors-only" });
  await write();
}
