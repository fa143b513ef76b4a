import { describe } from "vitest";
import type { Program } from "../src/program.ts";

/** A group of tests that needs a program; where that cannot be, each is skipped under a title that says why. */
export function describeWith(
  program: Program,
  title: string,
  tests: (command: readonly [string, ...string[]]) => void,
): void {
  if ("command" in program) describe(title, () => tests(program.command));
  else describe.skip(`${title} (not run: ${program.lack})`, () => tests(["not started"]));
}
