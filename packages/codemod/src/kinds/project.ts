import { isLibrary, namesLibrary } from "../redlock/library.ts";
import type { Node } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { Answers } from "./answers.ts";
import { confined, placeOf } from "./confined.ts";
import type { Kind, Knowledge } from "./kind.ts";
import { kindOfExportIn } from "./kind-of-export.ts";
import { kindOfExpression } from "./kind-of-expression.ts";
import { kindOfMemberIn, kindOfReturn } from "./kind-of-member.ts";
import { kindOfDeclaration } from "./kind-of-name.ts";
import { kindOfTypeNode } from "./kind-of-type.ts";
import { bareOf, Paths } from "./paths.ts";

/** The files that have to do with locks, and what their expressions stand for. */
export class Project implements Knowledge {
  readonly files: SourceFile[] = [];
  usesLibrary = false;
  readonly #paths = new Paths();
  readonly #byPath = new Map<string, SourceFile>();
  readonly #answers = new Answers();

  add(file: SourceFile): void {
    this.files.push(file);
    this.#paths.add(file.path);
    this.#byPath.set(bareOf(file.path), file);
    this.usesLibrary ||= namesLibrary(file.text);
  }

  /** The file that a specifier means. */
  resolve(specifier: string, from: string): SourceFile | undefined {
    const path = this.#paths.resolve(specifier, from);
    return path === undefined ? undefined : this.#byPath.get(path);
  }

  kindOf(node: Node | null | undefined, file: SourceFile): Kind | undefined {
    return node
      ? this.#once(`expression ${node.id()}`, file, () => kindOfExpression(this, node, file))
      : undefined;
  }

  kindOfType(node: Node | null | undefined, file: SourceFile): Kind | undefined {
    return node ? this.#once(`type ${node.id()}`, file, () => kindOfTypeNode(this, node, file)) : undefined;
  }

  kindOfName(name: Node, file: SourceFile): Kind | undefined {
    const declaration = file.scopes.declarationOf(name);
    if (!declaration) return undefined;
    return this.#once(`name ${declaration.name.id()}`, file, () =>
      confined(kindOfDeclaration(this, declaration, file), placeOf(declaration.name, file)),
    );
  }

  kindOfExport(file: SourceFile, name: string): Kind | undefined {
    return this.#once(`export ${name}`, file, () => kindOfExportIn(this, file, name));
  }

  kindOfModule(specifier: string, from: SourceFile): Kind | undefined {
    if (isLibrary(specifier)) return { is: "constructor" };
    if (["ioredis", "iovalkey"].includes(specifier)) return { is: "client", from: "ioredis" };
    if (["redis", "@redis/client"].includes(specifier)) return { is: "client", from: "redis" };
    if (specifier.startsWith("@redsync/")) return { is: "redsync" };
    const file = this.resolve(specifier, from.path);
    return file && (this.#wholeOf(file) ?? { is: "module", file });
  }

  kindOfMember(of: Kind | undefined, name: string): Kind | undefined {
    return of && kindOfMemberIn(this, of, name);
  }

  kindOfResult(fn: Kind | undefined): Kind | undefined {
    if (fn?.is !== "function") return undefined;
    return this.#once(`result ${fn.node.id()}`, fn.file, () => kindOfReturn(this, fn.node, fn.file));
  }

  /** What `module.exports` is, if it is no object with the exports in it. */
  #wholeOf(file: SourceFile): Kind | undefined {
    const whole = this.kindOfExport(file, "module.exports");
    return whole?.is === "object" ? undefined : whole;
  }

  #once(question: string, file: SourceFile, answer: () => Kind | undefined): Kind | undefined {
    return this.#answers.once(`${file.path} ${question}`, answer);
  }
}
