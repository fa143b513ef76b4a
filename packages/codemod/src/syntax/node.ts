import type { SgNode } from "@ast-grep/napi";

export type Node = SgNode;

export const startOf = (node: Node): number => node.range().start.index;
export const endOf = (node: Node): number => node.range().end.index;

/** The children that mean something: no punctuation, no comments. */
export function childrenOf(node: Node | null | undefined): Node[] {
  return node ? node.children().filter((child) => child.isNamed() && child.kind() !== "comment") : [];
}

export const argumentsOf = (call: Node): Node[] => childrenOf(call.field("arguments"));

/** A node that was asked what it is: another type than Node, so that an answer of no leaves a Node. */
type Asked = Node & { readonly asked?: never };

export const isA = (node: Node | null | undefined, ...kinds: string[]): node is Asked =>
  node != null && kinds.includes(String(node.kind()));

const WRAPPERS = ["parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"];

/** The expression itself, without parentheses and assertions of types. */
export function bare(node: Node): Node {
  const [inner] = isA(node, ...WRAPPERS) ? childrenOf(node) : [];
  return inner ? bare(inner) : node;
}

export const isFunction = (node: Node | null | undefined): node is Asked =>
  isA(
    node,
    "arrow_function",
    "function_expression",
    "function_declaration",
    "generator_function",
    "generator_function_declaration",
    "method_definition",
  );

/** The parameters of a function, as they are declared. `this: Type` of TypeScript is none: no argument is given to it. */
export function parametersOf(fn: Node): Node[] {
  const single = fn.field("parameter");
  if (single) return [single];
  return childrenOf(fn.field("parameters")).filter((each) => !isA(patternOf(each), "this"));
}

/** What a parameter binds: a name, or a pattern. */
export const patternOf = (parameter: Node): Node => parameter.field("pattern") ?? parameter;

export const isAsync = (fn: Node): boolean => fn.children().some((child) => child.kind() === "async");

/** The function around a node. */
export function functionAround(node: Node): Node | undefined {
  return node.ancestors().find(isFunction);
}

/** The text of a literal string, or nothing. */
export function stringOf(node: Node | null | undefined): string | undefined {
  const isConstant = isA(node, "template_string") && !node.text().includes("${");
  if (!isA(node, "string") && !isConstant) return undefined;
  return node.text().slice(1, -1);
}

/** The object and the name of a property that is read: `object.name`. */
export function memberOf(
  node: Node | null | undefined,
): { object: Node; name: string; property: Node } | undefined {
  if (!isA(node, "member_expression")) return undefined;
  const [object, property] = [node.field("object"), node.field("property")];
  return object && property ? { object, name: property.text(), property } : undefined;
}

/** The call of a method: `object.name(args)`. */
export interface MethodCall {
  readonly object: Node;
  readonly name: string;
  readonly property: Node;
  readonly call: Node;
  readonly args: readonly Node[];
}

export function methodCallOf(node: Node | null | undefined): MethodCall | undefined {
  if (!isA(node, "call_expression")) return undefined;
  const member = memberOf(calleeOf(node));
  return member && { ...member, call: node, args: argumentsOf(node) };
}

/** Whether the grammar takes a call for one of what is awaited: `await work<string>()` for `(await work)<string>()`. */
export const isAwaitedCall = (call: Node): boolean =>
  isA(call.field("function"), "await_expression") && call.field("type_arguments") !== null;

/** What is called. */
export function calleeOf(call: Node): Node | null {
  const callee = call.field("function");
  return isAwaitedCall(call) ? (childrenOf(callee)[0] ?? null) : callee;
}

/** The call of a method that is named by `object.name`. */
export function callOf(member: Node): Node | undefined {
  const parent = member.parent();
  const call = isA(parent, "await_expression") ? parent.parent() : parent;
  return isA(call, "call_expression") && calleeOf(call)?.id() === member.id() ? call : undefined;
}

/** The object and the index of `object[index]`. */
export function subscriptOf(node: Node | null | undefined): { object: Node; index: Node } | undefined {
  if (!isA(node, "subscript_expression")) return undefined;
  const [object, index] = [node.field("object"), node.field("index")];
  return object && index ? { object, index } : undefined;
}

/** The last name of an expression: `lock` of `this.state.lock`, and of `state["lock"]`, and `locks` of `locks[0]`. */
export function lastNameOf(node: Node): string {
  const expression = bare(node);
  const subscript = subscriptOf(expression);
  if (subscript) return stringOf(subscript.index) ?? lastNameOf(subscript.object);
  return memberOf(expression)?.name ?? (isA(expression, "identifier") ? expression.text() : "");
}

/** Whether a name occurs in some code as that of a variable. */
export function names(code: Node, name: string): boolean {
  const kinds = [
    "identifier",
    "type_identifier",
    "shorthand_property_identifier",
    "shorthand_property_identifier_pattern",
  ];
  const found = code.find({ rule: { any: kinds.map((kind) => ({ kind })), regex: `^${name}$` } });
  return found !== null || (isA(code, "identifier") && code.text() === name);
}

/** Whether an expression may be written twice: a name, properties of one, or what it has at a plain index. */
export function isPlain(node: Node): boolean {
  if (isA(node, "identifier", "this")) return true;
  const [inner] = isA(node, "non_null_expression") ? childrenOf(node) : [];
  if (inner) return isPlain(inner);
  const subscript = subscriptOf(node);
  if (subscript) return isPlain(subscript.object) && isPlainIndex(subscript.index);
  const member = memberOf(node);
  return member !== undefined && isPlain(member.object);
}

const isPlainIndex = (index: Node) => isPlain(index) || isA(index, "number", "string");

/** The statement around a node, in a list of statements. */
export function statementAround(node: Node): Node | undefined {
  return [node, ...node.ancestors()].find((each) =>
    isA(each.parent(), "program", "statement_block", "switch_case", "switch_default", "class_static_block"),
  );
}
