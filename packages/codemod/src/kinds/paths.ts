import { posix } from "node:path";

const EXTENSION = /\.[cm]?[jt]sx?$/;

/** A path, or what a module is imported by, as paths of modules are compared. */
export function bareOf(path: string): string {
  return path
    .replaceAll("\\", "/")
    .replace(EXTENSION, "")
    .replace(/\/index$/, "");
}

/** The paths of modules, to be found by what imports them. */
export class Paths {
  readonly #paths = new Set<string>();
  /** By the last name of a path, for aliases. */
  readonly #byName = new Map<string, string[]>();

  add(path: string): void {
    const bare = bareOf(path);
    if (this.#paths.has(bare)) return;
    this.#paths.add(bare);
    const name = posix.basename(bare);
    this.#byName.set(name, [...(this.#byName.get(name) ?? []), bare]);
  }

  /**
   * The path that a specifier means: beside the file that imports it, or by an alias, such as `@/lib/locks`, whose end is the end of one
   * path alone.
   */
  resolve(specifier: string, from: string): string | undefined {
    const bare = bareOf(specifier);
    if (/^\.\.?(\/|$)/.test(bare)) {
      const path = bareOf(posix.join(posix.dirname(from.replaceAll("\\", "/")), bare));
      return this.#paths.has(path) ? path : undefined;
    }
    const [, ...tail] = bare.split("/");
    const end = `/${tail.join("/")}`;
    const matches = (this.#byName.get(tail.at(-1) ?? "") ?? []).filter((path) => `/${path}`.endsWith(end));
    return matches.length === 1 ? matches[0] : undefined;
  }
}
