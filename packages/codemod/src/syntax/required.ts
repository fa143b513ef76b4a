import { argumentsOf, isA, type Node, stringOf } from "./node.ts";
import type { Scopes } from "./scopes.ts";

/** The literal that says what a call loads: `require("x")`, `import("x")`, `module.require("x")`, and calls of what `createRequire()` made. */
export function specifierOf(call: Node, scopes: Scopes): Node | undefined {
  const [source] = argumentsOf(call);
  return source && stringOf(source) !== undefined && isRequire(call.field("function"), scopes)
    ? source
    : undefined;
}

function isRequire(callee: Node | null, scopes: Scopes): boolean {
  if (["require", "import", "module.require"].includes(callee?.text() ?? "")) return true;
  const made = isA(callee, "identifier") ? scopes.declarationOf(callee)?.by.field("value") : undefined;
  return /(^|\.)createRequire$/.test(made?.field("function")?.text() ?? "");
}
