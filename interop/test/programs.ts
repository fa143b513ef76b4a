import type { TestProject } from "vitest/node";
import { goProgram } from "../src/go.ts";
import type { Program } from "../src/program.ts";
import { pythonProgram } from "../src/python.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly go: Program;
    readonly python: Program;
  }
}

/** Builds the programs once for all files, and says aloud which of them cannot be. */
export async function setup({ provide }: TestProject): Promise<void> {
  const [go, python] = await Promise.all([goProgram("quick"), pythonProgram()]);
  for (const [language, program] of Object.entries({ Go: go, Python: python })) {
    if ("lack" in program) console.warn(`\n!! Nothing is shared with ${language}: ${program.lack}\n`);
  }
  provide("go", go);
  provide("python", python);
}
