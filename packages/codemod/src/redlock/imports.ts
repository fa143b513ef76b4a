import { isA, type Node, stringOf } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { isLibrary } from "./library.ts";

/** What a file is to import, as it finds out while it is rewritten. */
export class Imports {
  readonly #file: SourceFile;
  /** For each module: the names that it exports, and what they are called here. */
  readonly #wanted = new Map<string, Map<string, Wanted>>();

  readonly #kept = new Set<string>();

  constructor(file: SourceFile) {
    this.#file = file;
  }

  /** A value; returns what it is called in this file. */
  value(module: string, name: string): string {
    return this.#want(module, name, false);
  }

  /** A type; returns what it is called in this file. */
  type(name: string): string {
    return this.#want("@redsync/core", name, true);
  }

  /** A name that an import of the library keeps, so that nothing else can be called so. */
  keep(name: string): void {
    this.#kept.add(name);
  }

  get isEmpty(): boolean {
    return this.#wanted.size === 0;
  }

  /** The modules that are imported from. */
  get modules(): readonly string[] {
    return [...this.#wanted.keys()];
  }

  /** The lines that import all that is there in the end, in the manner of the file. */
  lines({ as, keyword, quote, semicolon }: Manner): string[] {
    const text = this.#file.edits.toString();
    return [...this.#wanted].flatMap(([module, names]) => {
      const from = `${quote}${module}${quote}`;
      const entries = [...names].filter(([, { local }]) => new RegExp(`\\b${local}\\b`).test(text));
      if (entries.length === 0) return [];
      const allTypes = entries.every(([, { isType }]) => isType);
      const list = entries.map(([name, { local, isType }]) => {
        const prefix = isType && !allTypes ? "type " : "";
        if (local === name) return `${prefix}${name}`;
        return as === "import" ? `${prefix}${name} as ${local}` : `${name}: ${local}`;
      });
      const names_ = `{ ${list.sort(byName).join(", ")} }`;
      if (as === "import") return [`import ${allTypes ? "type " : ""}${names_} from ${from}${semicolon}`];
      return [`${keyword} ${names_} = ${as}(${from})${semicolon}`];
    });
  }

  #want(module: string, name: string, isType: boolean): string {
    const imported = this.#imported(module, name);
    if (imported) return imported;
    const names = this.#wanted.get(module) ?? new Map<string, Wanted>();
    this.#wanted.set(module, names);
    const known = names.get(name);
    const local = known?.local ?? (this.#isTaken(name) ? `Redsync${name}` : name);
    names.set(name, { local, isType: isType && (known?.isType ?? true) });
    return local;
  }

  /** What a name is called that the file imports already. */
  #imported(module: string, name: string): string | undefined {
    const imports = this.#file.root.findAll({ rule: { kind: "import_specifier" } });
    const found = imports.find((each) => each.field("name")?.text() === name && sourceOf(each) === module);
    return (found?.field("alias") ?? found?.field("name"))?.text();
  }

  /** Whether the file calls something else so. */
  #isTaken(name: string): boolean {
    if (this.#kept.has(name)) return true;
    const declaration = this.#file.scopes.declares(name);
    return declaration !== undefined && !isLibrary(sourceOf(declaration.by));
  }
}

/** The module of an import. */
function sourceOf(part: Node): string | undefined {
  const statement = part.ancestors().find((each) => isA(each, "import_statement"));
  return stringOf(statement?.field("source"));
}

interface Wanted {
  readonly local: string;
  readonly isType: boolean;
}

/** How a file imports. */
export interface Manner {
  /** By a statement, `import`, or by a call of this: `require`, `await import`. */
  readonly as: string;
  readonly keyword: string;
  readonly quote: string;
  readonly semicolon: string;
}

const byName = (one: string, other: string) => {
  const bare = (text: string) => text.replace(/^type /, "").toLowerCase();
  return bare(one) < bare(other) ? -1 : 1;
};
