import { endOf, isA, isPlain, type MethodCall, type Node, startOf } from "../syntax/node.ts";
import { clientsOf } from "./construct.ts";
import type { Rewriting } from "./rewriting.ts";

/** `await redlock.quit()` becomes `await redlock.close()`, and what it did besides: each client is told to quit. */
export function rewriteQuit(rewriting: Rewriting, { object, call, property, args }: MethodCall): void {
  const { file, mark } = rewriting;
  if (args.length > 0)
    return mark(call, "redsync has no callbacks: await redlock.close(), and then quit each client");
  file.edits.replace(startOf(property), endOf(property), "close");
  const clients = clientsOf(rewriting, object);
  if (clients.length === 0 || !clients.every((client) => isReachable(rewriting, client, call)))
    return mark(call, "quit() also closed the clients, and close() does not: quit each of them after it");
  const quits = clients.map((client) => `${client.text()}.quit()`);
  const all = quits.length === 1 ? quits[0] : `Promise.all([${quits.join(", ")}])`;
  const statement = call.parent()?.parent();
  // Where one statement must stand, as behind `if (…)`, two would not belong together.
  const isStatement =
    isA(call.parent(), "await_expression") &&
    isA(statement, "expression_statement") &&
    isA(statement.parent(), "program", "statement_block", "switch_case", "switch_default");
  if (!isStatement) return void file.edits.insertBehind(endOf(call), `.then(() => ${all})`);
  const end = file.text[endOf(statement) - 1] === ";" ? ";" : "";
  file.edits.insertBehind(
    endOf(statement),
    `${file.newLine}${file.indentAt(startOf(statement))}await ${all}${end}`,
  );
}

/** Whether a client is called the same where the Redlock quits. */
function isReachable({ file, kindOf }: Rewriting, client: Node, call: Node): boolean {
  if (!isPlain(client)) return false;
  const names = isA(client, "identifier")
    ? [client]
    : client.findAll({ rule: { any: [{ kind: "identifier" }, { kind: "this" }] } });
  return names.every((name) => {
    if (isA(name, "this")) {
      const here = call.find({ rule: { kind: "this" } });
      const [made, quit] = [kindOf(name), kindOf(here)];
      return made?.is === "instance" && quit?.is === "instance" && made.node.id() === quit.node.id();
    }
    const declaration = file.scopes.declarationOf(name);
    return declaration?.by.ancestors().every((each) => isAround(each, call)) ?? false;
  });
}

const isAround = (node: Node, call: Node) =>
  isA(node, "lexical_declaration", "variable_declaration", "export_statement") ||
  call.ancestors().some((each) => each.id() === node.id());
