import { CLASS_NAMES } from "../redlock/library.ts";
import { placeInClass } from "../syntax/fillings.ts";
import {
  childrenOf,
  functionAround,
  isA,
  isAsync,
  memberOf,
  type Node,
  parametersOf,
  patternOf,
  stringOf,
} from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { confined, placeOf } from "./confined.ts";
import { type Kind, type Knowledge, promiseOf, together, unlessReplaced } from "./kind.ts";
import { kindOfContents } from "./kind-of-contents.ts";

/** What `object.name` is. */
export function kindOfMemberIn(know: Knowledge, of: Kind, name: string): Kind | undefined {
  return kindOfOwn(know, of, name) ?? (name === "default" && isWholeModule(of) ? of : undefined);
}

/** Whether this may be all that a file of CommonJS exports, which is its default export for ES modules. */
function isWholeModule(of: Kind): boolean {
  if (of.is === "module") return !childrenOf(of.file.root).some((each) => isA(each, "export_statement"));
  return of.is !== "object" && of.is !== "export";
}

function kindOfOwn(know: Knowledge, of: Kind, name: string): Kind | undefined {
  switch (of.is) {
    case "constructor":
      return CLASS_NAMES.includes(name) ? of : { is: "export", name };
    case "client":
    case "redsync":
      return of;
    case "record":
      return of.of;
    case "context":
      return name === "lock" ? of.lock : undefined;
    case "module":
      return know.kindOfExport(of.file, name);
    case "object":
      return kindInObject(know, of.node, of.file, name);
    case "class":
    case "instance":
      return kindInClass(know, of.node, of.file, name);
    default:
      return undefined;
  }
}

/** What a member of an object, a class or a type is called. */
export const nameOf = (node: Node): string | undefined => {
  const name = node.field("name") ?? node.field("key") ?? node.field("property");
  return stringOf(name) ?? name?.text();
};

/** A property of an object literal, or of the type of one. */
function kindInObject(know: Knowledge, node: Node, file: SourceFile, name: string): Kind | undefined {
  const members = childrenOf(node.field("body") ?? node);
  for (const member of members) {
    if (isA(member, "shorthand_property_identifier") && member.text() === name)
      return know.kindOf(member, file);
    if (nameOf(member) !== name) continue;
    if (isA(member, "pair")) return know.kindOf(member.field("value"), file);
    if (isA(member, "method_definition")) return { is: "function", node: member, file };
    if (isA(member, "method_signature")) return { is: "function", node: member, file };
    return know.kindOfType(member.field("type"), file);
  }
  return undefined;
}

function kindInClass(know: Knowledge, owner: Node, file: SourceFile, name: string): Kind | undefined {
  const methods = childrenOf(owner.field("body")).filter(
    (member) => isA(member, "method_definition") && nameOf(member) === name,
  );
  const { types, values } = valuesInClass(owner, name);
  const given = values.map((value) => know.kindOf(value, file));
  const kind = together([
    ...types.map((type) => know.kindOfType(type, file)),
    ...methods.map((member) => kindOfMethodMember(know, member, file)),
    ...given,
    kindOfContents(know, placeInClass(owner, name), file),
  ]);
  return confined(unlessReplaced(kind, given), placeOf(owner.field("body") ?? owner, file));
}

/** What is said of a property of a class: its types, and the values that it is given. */
export function valuesInClass(
  owner: Node,
  name: string,
): { readonly types: Node[]; readonly values: Node[] } {
  const members = childrenOf(owner.field("body"));
  const fields = members.filter((member) => !isA(member, "method_definition") && nameOf(member) === name);
  const made = members.filter(
    (member) => isA(member, "method_definition") && nameOf(member) === "constructor",
  );
  const parameters = made.flatMap((each) => parameterProperty(each, name) ?? []);
  return {
    types: [...parameters, ...fields].flatMap((each) => each.field("type") ?? []),
    values: [...fields.flatMap((each) => each.field("value") ?? []), ...assignedIn(owner, name)],
  };
}

/** A getter is what it returns. */
function kindOfMethodMember(know: Knowledge, member: Node, file: SourceFile): Kind | undefined {
  const fn: Kind = { is: "function", node: member, file };
  return member.children().some((child) => child.kind() === "get") ? know.kindOfResult(fn) : fn;
}

/** `constructor(private readonly redlock: Redlock)`. */
function parameterProperty(made: Node, name: string): Node | undefined {
  const parameter = parametersOf(made).find((each) => patternOf(each).text() === name);
  const isProperty = parameter
    ?.children()
    .some((child) => isA(child, "accessibility_modifier") || child.kind() === "readonly");
  return isProperty ? parameter : undefined;
}

/** What `this.name` is given within a class. */
function assignedIn(owner: Node, name: string): Node[] {
  return owner
    .findAll({ rule: { kind: "assignment_expression", has: { field: "left", kind: "member_expression" } } })
    .filter((each) => {
      const left = memberOf(each.field("left"));
      return left?.name === name && isA(left.object, "this");
    })
    .flatMap((each) => each.field("right") ?? []);
}

/** What a function returns, as its type or its `return` says. */
export function kindOfReturn(know: Knowledge, fn: Node, file: SourceFile): Kind | undefined {
  const typed = know.kindOfType(fn.field("return_type"), file);
  const said = together(returnedBy(fn).map((each) => know.kindOf(each, file)));
  return together([typed, isAsync(fn) ? promiseOf(said) : said]);
}

/** The expressions of which one is what a function returns. */
export function returnedBy(fn: Node): Node[] {
  const body = fn.field("body");
  if (!isA(body, "statement_block")) return body ? [body] : [];
  return body
    .findAll({ rule: { kind: "return_statement" } })
    .filter((each) => functionAround(each)?.id() === fn.id())
    .flatMap((each) => childrenOf(each)[0] ?? []);
}
