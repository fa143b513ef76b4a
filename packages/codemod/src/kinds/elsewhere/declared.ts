import { isClass, placeOfName } from "../../syntax/fillings.ts";
import {
  childrenOf,
  isA,
  isFunction,
  memberOf,
  methodCallOf,
  type Node,
  patternOf,
  stringOf,
  subscriptOf,
} from "../../syntax/node.ts";
import type { Declaration } from "../../syntax/scopes.ts";
import type { SourceFile } from "../../syntax/source-file.ts";
import { nameOf, valuesInClass } from "../kind-of-member.ts";
import { type Asking, valuesAt } from "./asking.ts";
import { isNameOfPool, isPackage, rootOf, sourceOf } from "./names.ts";
import { typeIsElsewhere } from "./types.ts";

/** Methods that call a function with what something keeps. */
const ITERATING = /^(map|forEach|filter|find(Last)?|flatMap|some|every|reduce(Right)?|sort|then|from)$/;

const PARAMETERS = ["required_parameter", "optional_parameter", "identifier"];

export function nameIsElsewhere(asking: Asking, declaration: Declaration, file: SourceFile): boolean {
  const { name, by } = declaration;
  const type = by.field("type");
  if (type) return typeIsElsewhere(asking.know, type, file);
  if (isA(by, "variable_declarator")) return variableIsElsewhere(asking, declaration, file);
  if (isA(by, "for_in_statement"))
    return by.field("operator")?.text() === "in" || asking.isOf(by.field("right"), file);
  const isImported = by.ancestors().some((each) => isA(each, "import_statement"));
  if (isImported) return isPackage(sourceOf(declaration, file.scopes));
  if (!isA(by, ...PARAMETERS)) return true;
  // Anybody may have put a lock into what is given.
  if (patternOf(by).id() !== name.id() && !isNameOfPool(name.text())) return false;
  return parameterIsElsewhere(asking, by, file);
}

function variableIsElsewhere(asking: Asking, { name, by }: Declaration, file: SourceFile): boolean {
  const [pattern, value] = [by.field("name"), by.field("value")];
  const others = [...file.scopes.assignmentsTo(name), ...valuesAt(file, placeOfName(name, name.text()))];
  if (!value || pattern?.id() === name.id()) return asking.areOf([value, ...others], file);
  const part = childrenOf(pattern).find((each) => (each.field("value") ?? each).id() === name.id());
  const key = isA(pattern, "object_pattern") ? (part?.field("key") ?? part)?.text() : undefined;
  return keyIsElsewhere(asking, value, key, file) && (others.length === 0 || asking.areOf(others, file));
}

/** What a function is given by the call that it is given to. */
function parameterIsElsewhere(asking: Asking, parameter: Node, file: SourceFile): boolean {
  const fn = parameter.ancestors().find(isFunction);
  const call = fn?.parent()?.parent();
  if (!isA(call, "call_expression") || !isA(fn?.parent(), "arguments")) return false;
  const method = methodCallOf(call);
  if (!method || !ITERATING.test(method.name)) return asking.isOf(call, file);
  const isFrom = method.name === "from" && method.object.text() === "Array";
  return asking.isOf(isFrom ? method.args[0] : method.object, file);
}

/** `object.name`, `object[index]`. */
export function propertyIsElsewhere(asking: Asking, node: Node, file: SourceFile): boolean {
  const object = memberOf(node)?.object ?? subscriptOf(node)?.object;
  const name = memberOf(node)?.name ?? stringOf(subscriptOf(node)?.index);
  const put = valuesAt(file, file.fillings.placeOf(node));
  if (put.length > 0) return asking.areOf(put, file);
  const root = rootOf(node);
  const by = root && file.scopes.declarationOf(root)?.by;
  const isOfParameter = isA(by, ...PARAMETERS) && !by.field("type") && name !== undefined;
  if (isOfParameter && !isNameOfPool(name)) return false;
  return object !== undefined && keyIsElsewhere(asking, object, name, file);
}

/** What something has under a name, or anything that it has. */
export function keyIsElsewhere(
  asking: Asking,
  object: Node,
  name: string | undefined,
  file: SourceFile,
): boolean {
  const { know } = asking;
  const kind = know.kindOf(object, file);
  if (kind?.is === "instance" && name !== undefined && isClass(kind.node)) {
    const { types, values } = valuesInClass(kind.node, name);
    if (types.length > 0) return types.every((type) => typeIsElsewhere(know, type, kind.file));
    return asking.areOf(values, kind.file);
  }
  if (kind?.is !== "object") return asking.isOf(object, file);
  const members = childrenOf(kind.node.field("body") ?? kind.node).filter(
    (member) => name === undefined || (nameOf(member) ?? member.text()) === name,
  );
  const types = members.flatMap((member) => member.field("type") ?? []);
  const values = members.flatMap((member) => (isA(member, "pair") ? (member.field("value") ?? []) : member));
  if (types.length > 0) return types.every((type) => typeIsElsewhere(know, type, kind.file));
  return asking.areOf([...valuesAt(file, file.fillings.placeOf(object)), ...values], kind.file);
}
