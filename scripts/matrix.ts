import { readFileSync, writeFileSync } from "node:fs";
import type { Test } from "@redsync/conformance/matrix";

const file = new URL("../docs/runtimes.md", import.meta.url);
const marked = /(?<=<!-- matrix: [^>]*-->\n).*?(?=\n<!-- end of the matrix -->)/s;

/** Writes the matrix that the tests make into the docs; whether it was another one. */
export async function updateMatrix(tests: readonly Test[]): Promise<boolean> {
  // Loaded only now, because it needs the packages built.
  const { absences, cellsOf, matrixOf } = await import("@redsync/conformance/matrix");
  const docs = readFileSync(file, "utf8");
  if (!marked.test(docs)) throw new Error(`${file.pathname} has no place for the matrix`);
  const updated = docs.replace(marked, () => matrixOf(cellsOf(tests), absences));
  if (updated === docs) return false;
  writeFileSync(file, updated);
  return true;
}
