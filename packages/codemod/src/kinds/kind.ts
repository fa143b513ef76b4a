import type { Node } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/** What an expression stands for, as far as it concerns locks. */
export type Kind =
  /** An instance of Redlock. */
  | { readonly is: "redlock" }
  /** A lock, and what its duration was written as when it was acquired, if that is known. */
  | { readonly is: "lock"; readonly duration?: string | undefined }
  /** What the routine of `using` is given. */
  | { readonly is: "signal" }
  /** What the fork gives it besides: it has the lock. */
  | { readonly is: "context"; readonly lock: Kind }
  /** The class, which in version 4 is the module as well. */
  | { readonly is: "constructor" }
  /** Another export of the library. */
  | { readonly is: "export"; readonly name: string }
  | { readonly is: "promise" | "list" | "map"; readonly of: Kind }
  | { readonly is: "tuple"; readonly of: readonly (Kind | undefined)[] }
  | { readonly is: "function"; readonly node: Node; readonly file: SourceFile }
  /** An object literal, the members of a type, or a class and its instances. */
  | { readonly is: "object" | "class" | "instance"; readonly node: Node; readonly file: SourceFile }
  /** All exports of a file of the project. */
  | { readonly is: "module"; readonly file: SourceFile }
  /** What comes of redsync: it is rewritten already. */
  | { readonly is: "redsync" }
  /** What comes of a package for Redis: the package itself, or a client. */
  | { readonly is: "client"; readonly from: "ioredis" | "redis" };

/** What is known of expressions, types and files. */
export interface Knowledge {
  /** Whether any file imports the library. */
  readonly usesLibrary: boolean;
  kindOf(node: Node | null | undefined, file: SourceFile): Kind | undefined;
  kindOfType(node: Node | null | undefined, file: SourceFile): Kind | undefined;
  /** What a name of a file means. */
  kindOfName(name: Node, file: SourceFile): Kind | undefined;
  kindOfExport(file: SourceFile, name: string): Kind | undefined;
  /** What `import` or `require` of a specifier gives, as a whole. */
  kindOfModule(specifier: string, file: SourceFile): Kind | undefined;
  kindOfMember(of: Kind | undefined, name: string): Kind | undefined;
  /** What the call of a function gives. */
  kindOfResult(fn: Kind | undefined): Kind | undefined;
}

export function awaited(kind: Kind | undefined): Kind | undefined {
  return kind?.is === "promise" ? kind.of : kind;
}

export function promiseOf(kind: Kind | undefined): Kind | undefined {
  return kind && kind.is !== "promise" ? { is: "promise", of: kind } : kind;
}

export function elementOf(kind: Kind | undefined): Kind | undefined {
  if (kind?.is === "tuple") return together(kind.of);
  return kind?.is === "list" ? kind.of : undefined;
}

/** What several places say of one thing: a lock's duration only if all that know it agree. */
export function together(kinds: readonly (Kind | undefined)[]): Kind | undefined {
  const known = kinds.filter((kind) => kind !== undefined);
  const [first] = known;
  if (first?.is !== "lock") return first;
  const durations = new Set(known.map((kind) => (kind.is === "lock" ? kind.duration : undefined)));
  durations.delete(undefined);
  return { is: "lock", duration: durations.size === 1 ? [...durations][0] : undefined };
}
