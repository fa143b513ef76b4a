import { bare, childrenOf, endOf, isA, type Node, startOf } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Binding } from "./bindings.ts";
import { CLASS_NAMES } from "./library.ts";
import type { Rewriting } from "./rewriting.ts";
import { optionsWanted } from "./settings.ts";
import { removeIfUnused } from "./unused.ts";

/** What the types of redlock are called here. Those without a counterpart are left to the user. */
const TYPES: Readonly<Record<string, string>> = {
  Lock: "Lock",
  Settings: "MutexOptions",
  Options: "MutexOptions",
  ExecutionResult: "UnlockResult",
  ExecutionError: "AnyRedsyncError",
  LockError: "AnyRedsyncError",
  ResourceLockedError: "LockTakenError",
  RedlockAbortSignal: "AbortSignal",
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
    .filter((use) => use.id() !== name.id() && !isImported(use) && !isReplacedParameter(file, use));
  const redsync = () => (isType ? imports.type("Redsync") : imports.value("@redsync/core", "Redsync"));
  if (kind?.is === "export" && uses.some((use) => !isRenamed(use, kind.name))) imports.keep(name.text());
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

/** The type of a parameter of a routine, which is given another one. */
const isReplacedParameter = ({ edits }: SourceFile, use: Node) =>
  use.ancestors().some((each) => isA(each, "required_parameter", "optional_parameter")) &&
  edits.replaces(startOf(use), endOf(use));

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
    return (
      removeIfUnused(rewriting, parent) ||
      leave(
        rewriting,
        use,
        "use Redsync of @redsync/core in place of this; for its errors see docs/errors.md",
      )
    );
  return renameTo(rewriting, use, redsync());
}

const isTypeUse = (use: Node) => isA(use, "type_identifier", "nested_type_identifier");

/** `error instanceof ExecutionError`: it is rewritten with the errors. */
function isQuestion(use: Node, name: string): boolean {
  const asked = use.parent();
  return /Error$/.test(name) && asked?.field("operator")?.text() === "instanceof";
}

const isRenamed = (use: Node, name: string) => isQuestion(use, name) || (isTypeUse(use) && name in TYPES);

function renameExport(rewriting: Rewriting, use: Node, name: string): boolean {
  if (isQuestion(use, name)) return true;
  const parent = use.parent();
  if (isA(parent, "variable_declarator") && removeIfUnused(rewriting, parent)) return true;
  const type = isTypeUse(use) ? TYPES[name] : undefined;
  if (!type) return leave(rewriting, use, messageOf(use, name));
  if (type === "MutexOptions") checkLiteral(rewriting, use);
  return renameTo(rewriting, use, type === "AbortSignal" ? type : rewriting.imports.type(type));
}

function messageOf(use: Node, name: string): string {
  if (isTypeUse(use)) return WITHOUT;
  if (name === "Lock") return "a Lock is made by lock(), tryLock() and adopt() of a mutex alone";
  return `redsync has no ${name}: its errors have a code, and isRedsyncError(error) knows them`;
}

/** Settings that are written down as such, and that no new Redlock is seen to take. */
function checkLiteral({ mark, translated }: Rewriting, use: Node): void {
  const declarator = use.ancestors().find((each) => isA(each, "variable_declarator"));
  const value = declarator?.field("value");
  const type = declarator?.field("type");
  if (!value || !isA(bare(value), "object") || !type || endOf(type) < endOf(use)) return;
  if (!translated.has(bare(value).id()))
    mark(declarator as Node, optionsWanted(declarator?.field("name") as Node));
}

function renameTo({ file }: Rewriting, node: Node, name: string): boolean {
  if (node.text() !== name) file.edits.replace(startOf(node), endOf(node), name);
  return true;
}

function leave({ mark }: Rewriting, node: Node, message: string): false {
  mark(node, message);
  return false;
}
