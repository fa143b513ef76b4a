import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { rewriteProject } from "../src/redlock/rewrite-project.ts";
import { HOME, shapes, textsIn } from "./shapes.ts";

describe.each(shapes)("$name", ({ before, after }) => {
  it("becomes what is beside it, and a second run changes nothing", () => {
    const texts = textsIn(before);
    const once = new Map([...texts, ...rewriteProject(texts).changed]);
    expect(Object.fromEntries(once)).toEqual(Object.fromEntries(textsIn(after)));
    expect([...rewriteProject(once).changed.keys()]).toEqual([]);
  });
});

it("has the types of redsync, and of redlock only where it is marked", () => {
  const files = shapes.flatMap(({ after, name }) =>
    name.endsWith("marks")
      ? []
      : [...textsIn(after).keys()].filter((path) => /\.m?ts$/.test(path)).map((path) => join(after, path)),
  );
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowSyntheticDefaultImports: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ["node"],
    typeRoots: [join(HOME, "../../node_modules/@types")],
  });
  const said = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
  expect(files.length).toBeGreaterThan(5);
  expect(said).toEqual([]);
});
