import { childrenOf, endOf, isA, type Node, startOf } from "../syntax/node.ts";
import type { Binding } from "./bindings.ts";
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
export function renameUses(rewriting: Rewriting, { name, kind, by }: Binding): boolean {
  const { file } = rewriting;
  const uses = file.scopes.referencesTo({ name, by }).filter((use) => use.id() !== name.id() && !isImported(use));
  return uses.map((use) => renameUse(rewriting, use, kind)).every((isDone) => isDone);
}

const isImported = (use: Node) => use.ancestors().some((each) => isA(each, "import_statement"));

function renameUse(rewriting: Rewriting, use: Node, kind: Binding["kind"]): boolean {
  const parent = use.parent();
  if (kind?.is === "export") return renameExport(rewriting, use, use, kind.name);
  if (kind?.is !== "constructor") return leave(rewriting, use, "redsync has no counterpart of this");
  if (parent && isA(parent, "nested_type_identifier")) {
    const name = childrenOf(parent)[1]?.text() ?? "";
    return name === "default" ? renameClass(rewriting, parent) : renameExport(rewriting, parent, parent, name);
  }
  if (parent && isA(parent, "member_expression")) return renameMember(rewriting, parent);
  return renameClass(rewriting, use);
}

/** `Redlock.LockError`, `Redlock.default`. */
function renameMember(rewriting: Rewriting, member: Node): boolean {
  const name = member.field("property")?.text() ?? "";
  if (["default", "Redlock"].includes(name)) return renameClass(rewriting, member);
  return renameExport(rewriting, member, member, name);
}

function renameClass(rewriting: Rewriting, use: Node): boolean {
  const { file, imports } = rewriting;
  const parent = use.parent();
  // Of `new Redlock(…)` the construction takes care.
  if (isA(parent, "new_expression") && parent.field("constructor")?.id() === use.id()) return true;
  if (isA(parent, "extends_clause", "class_heritage"))
    return leave(rewriting, use, "Redsync is no class to be extended: keep one in a field");
  if (isA(parent, "call_expression") && parent.field("function")?.id() === use.id())
    return leave(rewriting, use, "write it as new Redsync([ioredisNode(client)])");
  if (isA(parent, "export_specifier", "assignment_expression", "shorthand_property_identifier"))
    return leave(rewriting, use, "export Redsync of @redsync/core in place of this");
  const name = imports.value("@redsync/core", "Redsync");
  file.replace(startOf(use), endOf(use), name);
  return true;
}

function renameExport(rewriting: Rewriting, use: Node, whole: Node, name: string): boolean {
  const { file, imports } = rewriting;
  const isType = isA(use, "type_identifier", "nested_type_identifier");
  const asked = whole.parent();
  // Questions are rewritten with the errors.
  if (isA(asked, "binary_expression") && asked.field("operator")?.text() === "instanceof" && /Error$/.test(name)) return true;
  if (name === "RedlockAbortSignal" && isType) {
    file.replace(startOf(whole), endOf(whole), "AbortSignal");
    return true;
  }
  if (name === "ResourceLockedError") return renameTo(rewriting, whole, imports.value("@redsync/core", "LockTakenError"));
  const type = isType ? TYPES[name] : undefined;
  if (type) return renameTo(rewriting, whole, imports.type(type));
  return leave(rewriting, whole, isType ? WITHOUT : `redsync has no ${name} to be used so: ask isRedsyncError(error) of errors`);
}

function renameTo({ file }: Rewriting, node: Node, name: string): boolean {
  if (node.text() !== name) file.replace(startOf(node), endOf(node), name);
  return true;
}

function leave({ mark }: Rewriting, node: Node, message: string): false {
  mark(node, message);
  return false;
}
