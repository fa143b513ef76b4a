import { childrenOf, isA, type Node } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Extent } from "./confined.ts";

/** What an expression stands for, as far as it concerns locks. */
export type Kind =
  /** An instance of Redlock. */
  | { readonly is: "redlock" }
  /**
   * A lock, and what its duration was written as when it was acquired; undefined if that is not said, as by a type. Outside of the part of
   * a file that it is `within`, the duration may have another value.
   */
  | { readonly is: "lock"; readonly duration?: string | undefined; readonly within?: Extent | undefined }
  /** What the routine of `using` is given. */
  | { readonly is: "signal" }
  /** What the fork gives it besides: it has the lock. */
  | { readonly is: "context"; readonly lock: Kind }
  /** The class, which in version 4 is the module as well. */
  | { readonly is: "constructor" }
  /** Another export of the library. */
  | { readonly is: "export"; readonly name: string }
  /** A record is an object whose values are all alike, at whatever key. */
  | { readonly is: "promise" | "list" | "map" | "record"; readonly of: Kind }
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

/** The duration of a lock that may have been acquired with any, or with one of several. It is the key of none. */
export const VARIOUS = "";

/** What is known of expressions, types and files. */
export interface Knowledge {
  /** The files that have to do with locks. */
  readonly files: readonly SourceFile[];
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

/** What `for … of` gives, and an index: of a Map its entries. */
export function elementOf(kind: Kind | undefined): Kind | undefined {
  if (kind?.is === "tuple") return together(kind.of);
  if (kind?.is === "map") return entryOf(kind.of);
  return kind?.is === "list" || kind?.is === "record" ? kind.of : undefined;
}

/** A key of which nothing is known, and a value. */
export const entryOf = (value: Kind): Kind => ({ is: "tuple", of: [undefined, value] });

export const listOf = (of: Kind | undefined): Kind | undefined => of && { is: "list", of };

/** What several places say of one thing: a lock's duration only if all that say one agree. */
export function together(kinds: readonly (Kind | undefined)[]): Kind | undefined {
  const known = kinds.filter((kind) => kind !== undefined);
  const first = known.find((kind) => !isEmpty(kind)) ?? known[0];
  switch (first?.is) {
    case "lock": {
      const durations = new Set(known.map((kind) => (kind.is === "lock" ? kind.duration : undefined)));
      durations.delete(undefined);
      if (durations.size > 1) return { is: "lock", duration: VARIOUS };
      return known.find((kind) => kind.is === "lock" && kind.duration !== undefined) ?? first;
    }
    case "promise":
    case "map":
      return {
        ...first,
        of: together(known.map((kind) => (kind.is === first.is ? kind.of : undefined))) ?? first.of,
      };
    case "list":
    case "record":
    case "tuple": {
      const filled = known.filter((kind) => !isEmpty(kind));
      const of = first.is === "tuple" && filled.length === 1 ? undefined : together(filled.map(elementOf));
      return of ? { is: first.is === "record" ? "record" : "list", of } : first;
    }
    default:
      return first;
  }
}

/** What a place is at which something unknown may be as well: `[]` and `{}` may only be there at first. */
export function unlessReplaced(
  kind: Kind | undefined,
  values: readonly (Kind | undefined)[],
): Kind | undefined {
  return kind && isEmpty(kind) && values.includes(undefined) ? undefined : kind;
}

/** `[]` and `{}`, which say nothing of what is put into them later. */
function isEmpty(kind: Kind): boolean {
  if (kind.is === "tuple") return kind.of.length === 0;
  return kind.is === "object" && isA(kind.node, "object") && childrenOf(kind.node).length === 0;
}
