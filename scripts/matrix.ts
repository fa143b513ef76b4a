import { readFileSync, writeFileSync } from "node:fs";
import type { Test } from "@redsync/conformance/matrix";

const file = new URL("../docs/runtimes.md", import.meta.url);
const marked = /(?<=<!-- matrix: [^>]*-->\n).*?(?=\n<!-- end of the matrix -->)/s;

/** The docs as they are, and as they should be after these tests. Throws if the tests do not make a whole matrix. */
async function docsAfter(tests: readonly Test[]): Promise<Record<"is" | "shouldBe", string>> {
  // Loaded only now, because it needs the packages built.
  const { absences, cellsOf, matrixOf } = await import("@redsync/conformance/matrix");
  const docs = readFileSync(file, "utf8");
  if (!marked.test(docs)) throw new Error(`${file.pathname} has no place for the matrix`);
  return { is: docs, shouldBe: docs.replace(marked, () => matrixOf(cellsOf(tests), absences)) };
}

/** Throws if the matrix in the docs is not the one that these tests make. */
export async function compareMatrix(tests: readonly Test[]): Promise<void> {
  const { is, shouldBe } = await docsAfter(tests);
  if (is !== shouldBe) throw new Error("docs/runtimes.md has another matrix: run pnpm docs:matrix");
}

/** Writes the matrix that these tests make into the docs; resolves to whether it was another one. */
export async function writeMatrix(tests: readonly Test[]): Promise<boolean> {
  const { is, shouldBe } = await docsAfter(tests);
  if (is !== shouldBe) writeFileSync(file, shouldBe);
  return is !== shouldBe;
}
