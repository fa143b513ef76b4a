import { elementOf } from "../kinds/kind.ts";
import {
  argumentsOf,
  calleeOf,
  childrenOf,
  endOf,
  isA,
  lastNameOf,
  type Node,
  startOf,
  stringOf,
} from "../syntax/node.ts";
import { eventOptionFor } from "./events.ts";
import { namesFork } from "./library.ts";
import type { Rewriting } from "./rewriting.ts";
import { literalOf, literalWith, optionsWanted, putInPlace, translate } from "./settings.ts";
import { targetOf } from "./target.ts";

/** All `new Redlock(…)` of a file. */
export function constructionsIn({ file, kindOf }: Rewriting): Node[] {
  return file.root
    .findAll({ rule: { kind: "new_expression" } })
    .filter((each) => kindOf(each.field("constructor"))?.is === "constructor");
}

/** `new Redlock([a, b], settings)` becomes `new Redsync([ioredisNode(a), ioredisNode(b)], options)`. */
export function rewriteConstruction(rewriting: Rewriting, construction: Node): void {
  const { file, imports, mark } = rewriting;
  const made = construction.field("constructor");
  const [clients, settings, scripts] = argumentsOf(construction);
  if (made) file.edits.replace(startOf(made), endOf(made), imports.value("@redsync/core", "Redsync"));
  if (!clients) return mark(construction, "give Redsync its nodes, such as ioredisNode(client)");
  wrapClients(rewriting, clients);
  const target = construction.parent()?.field("left");
  const kept = isA(target, "subscript_expression") && elementOf(rewriting.kindOf(target.field("object")));
  if (isA(target, "subscript_expression") && !(kept && kept.is === "redlock"))
    mark(
      construction,
      "what is called of this is not followed: call mutex(resources, { expiry: duration }).lock() of it",
    );
  if (namesFork(file.text) && /\bdb:\s*[^\s0]/.test(file.text)) mark(construction, DATABASE);
  if (scripts) {
    mark(construction, "redsync has scripts of its own: redlock was given others here, which are gone");
    file.edits.replace(endOf(settings as Node), endOf(scripts), "");
  }
  const event = eventOptionFor(rewriting, construction);
  const added = event === undefined ? [] : [event];
  if (!settings) {
    const { additions } = translate(rewriting, undefined, true);
    const literal = literalWith(file, [...additions, ...added], file.indentAt(endOf(clients)));
    return void file.edits.insertBehind(endOf(clients), `, ${literal}`);
  }
  const literal = literalOf(file, settings);
  if (literal && endOf(literal) <= endOf(settings) && startOf(literal) >= startOf(settings)) {
    const { properties, additions } = translate(rewriting, literal, true);
    return putInPlace(rewriting, literal, { properties, additions: [...additions, ...added] });
  }
  if (literal) putInPlace(rewriting, literal, translate(rewriting, literal, true));
  else mark(settings, optionsWanted(settings));
  if (event === undefined) return;
  const options = literalWith(file, [`...${settings.text()}`, event], file.indentAt(startOf(settings)));
  file.edits.replace(startOf(settings), endOf(settings), options);
}

const DATABASE =
  "the fork kept its locks in database 0, or in that of its option db, whatever its client has: give Redsync a client of that database";

function wrapClients(rewriting: Rewriting, clients: Node): void {
  if (isA(clients, "array")) for (const client of childrenOf(clients)) wrapClient(rewriting, client);
  else wrapAll(rewriting, clients);
}

function wrapClient(rewriting: Rewriting, client: Node): void {
  const [spread] = isA(client, "spread_element") ? childrenOf(client) : [];
  if (spread) return wrapAll(rewriting, spread);
  rewriting.file.edits.insertBefore(startOf(client), `${nodeOf(rewriting, client)}(`);
  rewriting.file.edits.insertBehind(endOf(client), ")");
}

function wrapAll(rewriting: Rewriting, clients: Node): void {
  rewriting.file.edits.insertBefore(startOf(clients), "Array.from(");
  rewriting.file.edits.insertBehind(endOf(clients), `, (client) => ${nodeOf(rewriting, clients)}(client))`);
}

/** What makes a node of a client: ioredis, unless it is known to be node-redis. */
function nodeOf({ file, imports, kindOf, mark }: Rewriting, client: Node): string {
  const kind = kindOf(client);
  const imported = (name: string) => new RegExp(`["']${name}["']`).test(file.text);
  const isNodeRedis =
    kind?.is === "client" ? kind.from === "redis" : imported("redis") && !imported("ioredis");
  if (!isNodeRedis) return imports.value("@redsync/ioredis", "ioredisNode");
  mark(
    client,
    "redlock 4 took clients of redis 2 and 3: nodeRedisNode() needs redis 5 or 6, whose clients connect() and return promises",
  );
  return imports.value("@redsync/node-redis", "nodeRedisNode");
}

/** A prefix that a client of node_redis 3, or node-redis 6, puts before keys, and that `nodeRedisNode()` does not see. */
export function markPrefixes({ file, kindOf, mark }: Rewriting): void {
  for (const call of file.root.findAll({ rule: { kind: "call_expression" } })) {
    const callee = calleeOf(call);
    const kind = kindOf(callee);
    if (!callee || kind?.is !== "client" || kind.from !== "redis" || !/^create/.test(lastNameOf(callee)))
      continue;
    for (const property of argumentsOf(call).flatMap((each) =>
      isA(each, "object") ? childrenOf(each) : [],
    )) {
      const key = property.field("key") ?? property;
      const name = stringOf(key) ?? key.text();
      if (["prefix", "keyPrefix"].includes(name)) mark(property, prefixed(name));
    }
  }
}

const prefixed = (name: string) =>
  `nodeRedisNode() sends the names of locks without this ${name}: put it before the name of each mutex`;

/** The clients of a Redlock, if they are written down where it is made. */
export function clientsOf(rewriting: Rewriting, redlock: Node): Node[] {
  const made = constructionsIn(rewriting).filter((each) => targetOf(each) === redlock.text());
  const [clients] = made.length === 1 && made[0] ? argumentsOf(made[0]) : [];
  return isA(clients, "array") ? childrenOf(clients) : [];
}
