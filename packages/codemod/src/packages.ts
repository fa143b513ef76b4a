import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LIBRARIES } from "./redlock/library.ts";

type Manifest = { readonly [Field in "dependencies" | "devDependencies"]?: Readonly<Record<string, string>> };

const MANAGERS: readonly (readonly [lockfile: string, add: string, remove: string])[] = [
  ["pnpm-lock.yaml", "pnpm add", "pnpm remove"],
  ["yarn.lock", "yarn add", "yarn remove"],
  ["bun.lock", "bun add", "bun remove"],
  ["bun.lockb", "bun add", "bun remove"],
];

/** What the files of a project import, now that they are rewritten. */
export interface Imported {
  readonly modules: ReadonlySet<string>;
  /** The files that import redlock still, as they are shown. */
  readonly importers: readonly string[];
}

/** What to install and to remove in the folder of a package, as commands of its package manager. */
export async function packageCommands(file: string, { modules, importers }: Imported): Promise<string[]> {
  const home = await folderWith("package.json", dirname(file));
  const manifest = home === undefined ? {} : await manifestIn(home);
  const has = { ...manifest?.dependencies, ...manifest?.devDependencies };
  const wanted = [...modules].filter((name) => name.startsWith("@redsync/") && !(name in has)).sort();
  const removed = [...LIBRARIES, "@types/redlock"].filter((name) => name in has);
  const [, add, remove] = (await managerOf(home ?? dirname(file))) ?? ["", "npm install", "npm uninstall"];
  return [
    ...(manifest
      ? []
      : ["# package.json cannot be read: remove redlock from it, and leave out what it has already:"]),
    ...(wanted.length > 0 ? [`${add} ${wanted.join(" ")}`] : []),
    ...(removed.length > 0 ? removal(`${remove} ${removed.join(" ")}`, importers) : []),
    ...clientAdvice(modules, has),
  ];
}

/** What a folder's package.json says, also behind a BOM. Nothing, if that cannot be read: what the codemod does needs none. */
async function manifestIn(folder: string): Promise<Manifest | undefined> {
  try {
    const read: unknown = JSON.parse(
      (await readFile(join(folder, "package.json"), "utf8")).replace(/^\uFEFF/, ""),
    );
    return typeof read === "object" && read !== null ? read : {};
  } catch {
    return undefined;
  }
}

/** As long as a file imports redlock, it is not to be removed. */
function removal(command: string, importers: readonly string[]): string[] {
  if (importers.length === 0) return [command];
  return [`# ${command}, once these no longer import it:`, ...importers.map((path) => `#   ${path}`)];
}

/** Which client the nodes need. */
function clientAdvice(modules: ReadonlySet<string>, has: Readonly<Record<string, string>>): string[] {
  const major = (name: string) => Number(/\d+/.exec(has[name] ?? "")?.[0] ?? Number.NaN);
  const advice: string[] = [];
  if (modules.has("@redsync/ioredis") && major("ioredis") < 5) advice.push("# ioredis must be 5.4 or later");
  if (modules.has("@redsync/node-redis") && major("redis") < 5) advice.push("# redis must be 5 or 6");
  return advice;
}

async function managerOf(folder: string) {
  for (const manager of MANAGERS) if (await folderWith(manager[0], folder)) return manager;
  return undefined;
}

/** The nearest folder, upwards, that has a file. */
async function folderWith(name: string, folder: string): Promise<string | undefined> {
  if (await stat(join(folder, name)).catch(() => undefined)) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : folderWith(name, above);
}
