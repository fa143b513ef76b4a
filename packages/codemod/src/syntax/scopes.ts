import { childrenOf, functionAround, isA, isFunction, type Node, parametersOf, patternOf } from "./node.ts";

/** A name, and what declares it. */
export interface Declaration {
  readonly name: Node;
  /** A variable_declarator, a parameter, an import, a function, a class, a type, a catch_clause or a for_in_statement. */
  readonly by: Node;
}

/** Which declaration a name of one file means. */
export class Scopes {
  readonly #declared = new Map<number, ReadonlyMap<string, Declaration>>();
  readonly #root: Node;
  /** By the name that is assigned to. They are looked for when they are first asked for. */
  #assignments: ReadonlyMap<string, readonly Node[]> | undefined;

  constructor(root: Node) {
    this.#root = root;
  }

  declarationOf(name: Node): Declaration | undefined {
    const text = name.text();
    for (const scope of name.ancestors()) {
      const found = this.#declaredIn(scope).get(text);
      if (found) return found;
    }
    return undefined;
  }

  /** All places that mean what is declared, with the declaration itself. */
  referencesTo(declaration: Declaration): Node[] {
    const text = declaration.name.text();
    const kinds = [
      "identifier",
      "type_identifier",
      "shorthand_property_identifier",
      "shorthand_property_identifier_pattern",
    ];
    return this.#root
      .findAll({ rule: { any: kinds.map((kind) => ({ kind })), regex: `^${text.replaceAll("$", "\\$")}$` } })
      .filter((each) => this.declarationOf(each)?.name.id() === declaration.name.id());
  }

  /** What is assigned to a declared name later. */
  assignmentsTo(name: Node): Node[] {
    this.#assignments ??= assignmentsIn(this.#root);
    return (this.#assignments.get(name.text()) ?? []).flatMap((each) => {
      const left = each.field("left");
      const isMeant = left && this.declarationOf(left)?.name.id() === name.id();
      return isMeant ? (each.field("right") ?? []) : [];
    });
  }

  /** What declares a name anywhere in the file. */
  declares(text: string): Declaration | undefined {
    return this.#root
      .findAll({ rule: { any: [{ kind: "identifier" }, { kind: "type_identifier" }], regex: `^${text}$` } })
      .map((each) => this.declarationOf(each))
      .find((each) => each !== undefined);
  }

  /** What a scope declares, by name: what is declared first, if a name is declared again. */
  #declaredIn(scope: Node): ReadonlyMap<string, Declaration> {
    const known = this.#declared.get(scope.id());
    if (known) return known;
    const declared = new Map<string, Declaration>();
    for (const each of declarationsIn(scope)) {
      const text = each.name.text();
      if (!declared.has(text)) declared.set(text, each);
    }
    this.#declared.set(scope.id(), declared);
    return declared;
  }
}

function assignmentsIn(root: Node): ReadonlyMap<string, readonly Node[]> {
  const kinds = ["assignment_expression", "augmented_assignment_expression"];
  const found = new Map<string, Node[]>();
  for (const each of root.findAll({ rule: { any: kinds.map((kind) => ({ kind })) } })) {
    const name = each.field("left")?.text() ?? "";
    found.set(name, [...(found.get(name) ?? []), each]);
  }
  return found;
}

function* declarationsIn(scope: Node): Iterable<Declaration> {
  if (isFunction(scope)) {
    for (const parameter of parametersOf(scope)) yield* boundBy(patternOf(parameter), parameter);
    const name = scope.field("name");
    if (name && isA(scope, "function_expression")) yield { name, by: scope };
  } else if (
    isA(scope, "program", "statement_block", "switch_case", "switch_default", "class_static_block")
  ) {
    for (const statement of childrenOf(scope)) yield* declaredBy(statement);
    if (isA(scope, "program") || isBody(scope)) yield* hoistedTo(scope);
  } else if (isA(scope, "catch_clause")) {
    const parameter = scope.field("parameter");
    if (parameter) yield* boundBy(parameter, scope);
  } else if (isA(scope, "for_in_statement")) {
    const left = scope.field("left");
    if (left && scope.field("kind")) yield* boundBy(left, scope);
  } else if (isA(scope, "for_statement")) {
    const initializer = scope.field("initializer");
    if (initializer) yield* declaredBy(initializer);
  }
}

function* declaredBy(statement: Node): Iterable<Declaration> {
  if (isA(statement, "export_statement", "ambient_declaration")) {
    const declaration = statement.field("declaration") ?? childrenOf(statement)[0];
    if (declaration) yield* declaredBy(declaration);
  } else if (isA(statement, "lexical_declaration", "variable_declaration")) {
    for (const declarator of childrenOf(statement)) {
      const name = declarator.field("name");
      if (name) yield* boundBy(name, declarator);
    }
  } else if (isA(statement, "import_statement")) {
    yield* importedBy(statement);
  } else {
    const name = statement.field("name");
    if (name) yield { name, by: statement };
  }
}

const isBody = (block: Node) => isFunction(block.parent());

/** What `var` declares within blocks. */
function* hoistedTo(scope: Node): Iterable<Declaration> {
  const owner = isA(scope, "program") ? undefined : scope.parent()?.id();
  for (const declaration of scope.findAll({ rule: { kind: "variable_declaration" } }))
    if (functionAround(declaration)?.id() === owner) yield* declaredBy(declaration);
}

function* importedBy(statement: Node): Iterable<Declaration> {
  for (const child of childrenOf(statement)) {
    if (isA(child, "import_require_clause")) {
      const [name] = childrenOf(child);
      if (name) yield { name, by: child };
    }
    if (!isA(child, "import_clause")) continue;
    for (const part of childrenOf(child)) {
      if (isA(part, "identifier")) yield { name: part, by: part };
      for (const inner of isA(part, "identifier") ? [] : childrenOf(part)) {
        const name = inner.field("alias") ?? inner.field("name") ?? inner;
        yield { name, by: isA(part, "namespace_import") ? part : inner };
      }
    }
  }
}

/** The names in a pattern. */
function* boundBy(pattern: Node, by: Node): Iterable<Declaration> {
  if (isA(pattern, "identifier", "shorthand_property_identifier_pattern")) yield { name: pattern, by };
  else if (isA(pattern, "pair_pattern")) yield* inner(pattern.field("value"), by);
  else if (isA(pattern, "object_assignment_pattern", "assignment_pattern"))
    yield* inner(pattern.field("left"), by);
  else
    for (const child of isA(pattern, "object_pattern", "array_pattern", "rest_pattern")
      ? childrenOf(pattern)
      : [])
      yield* boundBy(child, by);
}

function* inner(pattern: Node | null, by: Node): Iterable<Declaration> {
  if (pattern) yield* boundBy(pattern, by);
}
