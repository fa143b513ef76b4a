import { childrenOf, endOf, isA, type Node, startOf } from "../syntax/node.ts";
import type { Binding } from "./bindings.ts";
import { CLASS_NAMES } from "./library.ts";
import type { Rewriting } from "./rewriting.ts";

/** What the types of redlock are called in @redsync/core. Those without a counterpart are left to the user. */
const TYPES: Readonly<Record<string, string>> = {
  Lock: "Lock",
  Settings: "MutexOptions",
  Options: "MutexOptions",
  ExecutionResult: "UnlockResult",
  ExecutionError: "AnyRedsyncError",
  LockError: "AnyRedsyncError",
};

const WITHOUT =
  "redsync has no such type: NodeOutcome is what one node said, and error.outcomes has what all of them said";

/**
 * Renames what an import of the library has declared, wherever it is used. Returns whether everything was: what is left needs the
 * import still.
 */
export function renameUses(rewriting: Rewriting, { name, kind, by, isType }: Binding): boolean {
  const { file, imports } = rewriting;
  const uses = file.scopes
    .referencesTo({ name, by })
    .filter((use) => use.id() !== name.id() && !isImported(use));
  const redsync = () => (isType ? imports.type("Redsync") : imports.value("@redsync/core", "Redsync"));
  const renamed = uses.map((use) => {
    if (kind?.is === "export") return renameExport(rewriting, use, kind.name);
    if (kind?.is !== "constructor") return leave(rewriting, use, "redsync has no counterpart of this");
    const member = exportedBy(use);
    return member
      ? renameExport(rewriting, member.node, member.name)
      : renameClass(rewriting, classOf(use), redsync);
  });
  return renamed.every((isDone) => isDone);
}

const isImported = (use: Node) => use.ancestors().some((each) => isA(each, "import_statement"));

const isMember = (node: Node | null): node is Node =>
  isA(node, "member_expression", "nested_type_identifier");

const memberName = (member: Node) => (member.field("property") ?? childrenOf(member)[1])?.text() ?? "";

/** `Redlock.LockError`, `Redlock.Lock`. */
function exportedBy(use: Node): { readonly node: Node; readonly name: string } | undefined {
  const node = use.parent();
  if (!isMember(node) || CLASS_NAMES.includes(memberName(node))) return undefined;
  return { node, name: memberName(node) };
}

/** `Redlock` itself, or `Redlock.default`. */
function classOf(use: Node): Node {
  const parent = use.parent();
  return isMember(parent) ? parent : use;
}

const EXPORTS = ["export_specifier", "export_statement", "assignment_expression"];

function renameClass(rewriting: Rewriting, use: Node, redsync: () => string): boolean {
  const parent = use.parent();
  // Of `new Redlock(…)` the construction takes care.
  if (isA(parent, "new_expression") && parent.field("constructor")?.id() === use.id()) return true;
  if (isA(parent, "extends_clause", "class_heritage"))
    return leave(rewriting, use, "Redsync is no class to be extended: keep one in a field");
  if (isA(parent, "call_expression") && parent.field("function")?.id() === use.id())
    return leave(rewriting, use, "write it as new Redsync([ioredisNode(client)])");
  if (isA(parent, ...EXPORTS) || isA(use, "shorthand_property_identifier"))
    return leave(rewriting, use, "pass on Redsync of @redsync/core in place of this");
  if (isA(parent, "variable_declarator"))
    return leave(rewriting, use, "redsync has other exports: see docs/errors.md");
  return renameTo(rewriting, use, redsync());
}

function renameExport(rewriting: Rewriting, use: Node, name: string): boolean {
  const { imports } = rewriting;
  const isType = isA(use, "type_identifier", "nested_type_identifier");
  const asked = use.parent();
  // Questions are rewritten with the errors.
  if (
    isA(asked, "binary_expression") &&
    asked.field("operator")?.text() === "instanceof" &&
    /Error$/.test(name)
  )
    return true;
  if (name === "RedlockAbortSignal" && isType) return renameTo(rewriting, use, "AbortSignal");
  if (name === "ResourceLockedError")
    return renameTo(rewriting, use, imports.value("@redsync/core", "LockTakenError"));
  const type = isType ? TYPES[name] : undefined;
  if (type) return renameTo(rewriting, use, imports.type(type));
  return leave(
    rewriting,
    use,
    isType ? WITHOUT : `redsync has no ${name}: its errors have a code, and isRedsyncError(error) knows them`,
  );
}

function renameTo({ file }: Rewriting, node: Node, name: string): boolean {
  if (node.text() !== name) file.replace(startOf(node), endOf(node), name);
  return true;
}

function leave({ mark }: Rewriting, node: Node, message: string): false {
  mark(node, message);
  return false;
}
