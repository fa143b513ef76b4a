import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const source = new URL("../src/", import.meta.url);
const map = readFileSync(new URL("../../../ARCHITECTURE.md", import.meta.url), "utf8");

/** Every file with its syntax tree. */
const files = new Map(
  globSync("**/*.ts", { cwd: fileURLToPath(source) }).map((file) => {
    const text = readFileSync(new URL(file, source), "utf8");
    return [file, ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)] as const;
  }),
);

function descendants(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  node.forEachChild((child) => void children.push(child, ...descendants(child)));
  return children;
}

const nodes = [...files].flatMap(([file, tree]) => descendants(tree).map((node) => ({ file, node })));

/** The files in which this is so, each once, in the order of the alphabet. */
const filesWhere = (isSo: (node: ts.Node) => boolean): readonly string[] =>
  [...new Set(nodes.filter(({ node }) => isSo(node)).map(({ file }) => file))].sort();

const isAccess = (node: ts.Node, ...names: readonly string[]): node is ts.PropertyAccessExpression =>
  ts.isPropertyAccessExpression(node) && names.includes(node.name.text);

const isCallOf = (node: ts.Node, ...names: readonly string[]): node is ts.CallExpression =>
  ts.isCallExpression(node) && isAccess(node.expression, ...names);

const isNew = (node: ts.Node, ...names: readonly string[]): boolean =>
  ts.isNewExpression(node) && names.includes(node.expression.getText());

/** Assignments, with what they change. Making a thing when it is first needed (`??=`) changes nothing that can be seen. */
function changesSomething(node: ts.Node): boolean {
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const isStep = [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(node.operator);
    return isStep && ts.isPropertyAccessExpression(node.operand);
  }
  if (!ts.isBinaryExpression(node) || !ts.isPropertyAccessExpression(node.left)) return false;
  const { kind } = node.operatorToken;
  return (
    kind >= ts.SyntaxKind.FirstAssignment &&
    kind <= ts.SyntaxKind.LastAssignment &&
    kind !== ts.SyntaxKind.QuestionQuestionEqualsToken
  );
}

/** The files in the order of ARCHITECTURE.md's table, which begins with those that import nothing. */
const order = [...map.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = ""]) =>
  [...cell.matchAll(/`([a-z/-]+)`/g)].map(([, file = ""]) => `${file}.ts`),
);

describe("the house", () => {
  it("has each file once in ARCHITECTURE.md", () => {
    expect([...order].sort()).toEqual([...files.keys()].sort());
  });

  it("imports downward only, types included, so that there is no circle", () => {
    const upward = [...files].flatMap(([file, tree]) =>
      tree.statements.flatMap((statement) => {
        if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
        const specifier = (statement.moduleSpecifier as ts.StringLiteral | undefined)?.text;
        if (specifier === undefined) return [];
        const imported = posix.join(posix.dirname(file), specifier);
        const isDownward = order.includes(imported) && order.indexOf(imported) < order.indexOf(file);
        return isDownward ? [] : [`${file} imports ${imported}`];
      }),
    );
    expect(upward).toEqual([]);
  });

  it("has no file of more than 200 lines", () => {
    const long = [...files].filter(([, tree]) => tree.getLineStarts().length > 201);
    expect(long.map(([file]) => file)).toEqual([]);
  });
});

describe("the five rules", () => {
  it("only lease.ts changes the state of a lock", () => {
    const isOfLease = (node: ts.Node) =>
      changesSomething(node) && /\blease\./.test((node as ts.BinaryExpression).left?.getText() ?? "");
    expect(filesWhere(isOfLease)).toEqual([]);
    expect(filesWhere((node) => ts.isIdentifier(node) && node.text === "transitions")).toEqual(["lease.ts"]);
  });

  it("only batch.ts sends commands", () => {
    expect(filesWhere((node) => isCallOf(node, "send"))).toEqual(["batch.ts"]);
  });

  it("only wait.ts listens to the caller's signal", () => {
    const listens = (node: ts.Node) => isAccess(node, "aborted", "addEventListener", "removeEventListener");
    expect(filesWhere(listens)).toEqual(["wait.ts"]);
  });

  it("the error of a verdict is made in the file that comes to it", () => {
    expect(filesWhere((node) => isNew(node, "LockTakenError"))).toEqual(["attempt-outcome.ts"]);
    expect(filesWhere((node) => isNew(node, "ExtendFailedError"))).toEqual(["extension.ts"]);
    expect(filesWhere((node) => isNew(node, "UnlockFailedError"))).toEqual(["release-all.ts"]);
    expect(filesWhere((node) => isNew(node, "LockFailedError"))).toEqual([
      "attempt-outcome.ts",
      "verification.ts",
    ]);
    expect(filesWhere((node) => isNew(node, "LockLostError"))).toEqual(["held-lock.ts", "lease.ts"]);
  });

  it("no constructor sends anything", () => {
    const sends = (node: ts.Node) => isCallOf(node, "send", "ask", "start");
    const constructors = nodes.filter(({ node }) => ts.isConstructorDeclaration(node));
    expect(constructors.length).toBeGreaterThan(10);
    expect(constructors.filter(({ node }) => descendants(node).some(sends)).map(({ file }) => file)).toEqual(
      [],
    );
  });
});

it("what asks a question changes nothing", () => {
  const questions = nodes.filter(({ node }) => {
    if (ts.isGetAccessorDeclaration(node)) return true;
    const isMethod = ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node);
    return isMethod && /^#?(is|has|keeps|may|can)[A-Z]/.test(node.name?.getText() ?? "");
  });
  expect(questions.length).toBeGreaterThan(30);
  const changing = questions.filter(({ node }) => descendants(node).some(changesSomething));
  // A lock's signal is made when it is first read, and has to watch from then on.
  expect(
    changing.map(({ file, node }) => `${file} ${(node as ts.MethodDeclaration).name.getText()}`),
  ).toEqual(["lease.ts signal"]);
});
