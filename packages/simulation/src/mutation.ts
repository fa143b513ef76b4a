import ts from "typescript";

/**
 * A change to the source that breaks it, keyed to the syntax tree: neither formatting nor comments, nor the file in which the
 * function stands, has a part in it.
 */
export interface Mutation {
  /** The promise that is broken, or what breaks it. */
  readonly title: string;
  /** A function, or a method (also an accessor, a constructor or a property) as `Class.member`. */
  readonly where: string;
  /** An expression or a statement in it, which must be there exactly once. */
  readonly what: string;
  /** What stands there instead; nothing: the statement is left out. */
  readonly becomes: string;
}

/** A source file, parsed. */
export type Source = ts.SourceFile;

export function parse(path: string, text: string): Source {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
}

/** The one source that the mutation changes, and its text then. Throws if its place is not there, or not the only one. */
export function mutated(
  { title, where, what, becomes }: Mutation,
  sources: readonly Source[],
): { readonly path: string; readonly text: string } {
  const refuse = (why: string): never => {
    throw new Error(
      `the mutation "${title}" has lost its place: ${why}. Find what keeps this promise now, and correct \`where\` and \`what\` of ` +
        "that entry; if core does not make the promise any more, delete it.",
    );
  };
  const functions = sources.flatMap((source) => functionsOf(source).filter(({ name }) => name === where));
  const [found, another] = functions;
  if (found === undefined) return refuse(`no function is called ${where}`);
  if (another !== undefined)
    return refuse(`${where} is in ${functions.map(({ node }) => fileOf(node)).join(" and in ")}`);
  const places = placesOf(snippet(what), found.node);
  const [place] = places;
  if (place === undefined) return refuse(`${where} in ${fileOf(found.node)} has no \`${what}\``);
  if (places.length > 1)
    return refuse(
      `${where} in ${fileOf(found.node)} has \`${what}\` ${places.length} times, so say more of it`,
    );
  const { fileName, text } = place.getSourceFile();
  const end = ts.isStatement(place) ? ";" : "";
  return {
    path: fileName,
    text: `${text.slice(0, place.getStart())}${becomes}${end}${text.slice(place.end)}`,
  };
}

interface Named {
  readonly name: string;
  readonly node: ts.Node;
}

/** The functions at the top of a file, and the members of its classes. */
function functionsOf(source: Source): Named[] {
  return source.statements.flatMap((statement): Named[] => {
    if (ts.isClassDeclaration(statement)) {
      const name = statement.name?.text;
      return statement.members.map((node) => ({ name: `${name}.${memberName(node)}`, node }));
    }
    if (ts.isFunctionDeclaration(statement) && statement.body)
      return [{ name: statement.name?.text ?? "", node: statement }];
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.map((node) => ({ name: node.name.getText(), node }));
  });
}

function memberName(member: ts.ClassElement): string {
  return ts.isConstructorDeclaration(member) ? "constructor" : (member.name?.getText() ?? "");
}

/** The outermost nodes that are written so. */
function placesOf(wanted: string, within: ts.Node): ts.Node[] {
  const places: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (isPlace(node) && tokensOf(node) === wanted) places.push(node);
    else ts.forEachChild(node, visit);
  };
  ts.forEachChild(within, visit);
  return places;
}

const isPlace = (node: ts.Node): boolean => ts.isExpression(node) || ts.isStatement(node);

/** A snippet as it would be read in a method. */
function snippet(text: string): string {
  const source = parse("snippet.ts", `class Snippet { async *method() {\n${text}\n} }`);
  const [method] = source.statements.filter(ts.isClassDeclaration).flatMap(({ members }) => [...members]);
  const body = method && ts.isMethodDeclaration(method) ? method.body : undefined;
  return (body?.statements ?? []).map(tokensOf).join(" ");
}

/** What a node says, token by token: without comments, in one spelling. */
function tokensOf(node: ts.Node): string {
  const tokens: string[] = [];
  const visit = (each: ts.Node): void => {
    if (ts.isJSDoc(each)) return;
    if (ts.isStringLiteral(each) || ts.isNumericLiteral(each)) tokens.push(JSON.stringify(each.text));
    else if (each.getChildCount() > 0) for (const child of each.getChildren()) visit(child);
    else if (each.kind !== ts.SyntaxKind.SemicolonToken) tokens.push(each.getText());
  };
  visit(node);
  const isKept = (token: string, at: number) => token !== "," || !/^[)\]}]$/.test(tokens[at + 1] ?? "");
  return tokens.filter((token, at) => token !== "" && isKept(token, at)).join(" ");
}

function fileOf(node: ts.Node): string {
  return node.getSourceFile().fileName.replace(/^.*\/packages\//, "packages/");
}
