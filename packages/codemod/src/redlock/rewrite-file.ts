import type { Knowledge } from "../kinds/kind.ts";
import { argumentsOf } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { libraryImportsIn, markOtherUses } from "./bindings.ts";
import { rewriteCalls } from "./calls.ts";
import { constructionsIn, markPrefixes, rewriteConstruction } from "./construct.ts";
import { rewriteErrors } from "./errors.ts";
import { listenerOf } from "./events.ts";
import { rewriteImports } from "./import-statements.ts";
import { Imports } from "./imports.ts";
import { namesLibrary } from "./library.ts";
import { renameUses } from "./names.ts";
import { modulesIn } from "./project-of.ts";
import type { Rewriting } from "./rewriting.ts";
import { literalOf } from "./settings.ts";
import { markForeign, markUnknown } from "./unknown.ts";
import { removeUnused } from "./unused.ts";
import { rewriteSignal } from "./using.ts";

/** Rewrites one file to redsync. Returns the modules that it imports now. */
export function rewriteFile(know: Knowledge, file: SourceFile): readonly string[] {
  const imports = new Imports(file);
  const translated = new Set<number>();
  const rewriting: Rewriting = {
    file,
    know,
    imports,
    translated,
    dropped: [],
    kindOf: (node) => know.kindOf(node, file),
    mark: (node, message) => file.mark(node, message),
  };
  const found = libraryImportsIn(rewriting);
  const constructions = constructionsIn(rewriting);
  for (const each of constructions) translated.add(literalOf(file, argumentsOf(each)[1])?.id() ?? -1);
  // Listeners move into the options of what they listen to, at the end.
  const moved = new Set(constructions.flatMap((each) => listenerOf(rewriting, each)?.id() ?? []));
  const hasCalls = rewriteCalls(rewriting, moved);
  markForeign(rewriting);
  if (know.usesLibrary) markPrefixes(rewriting);
  if (found.length === 0 && constructions.length === 0 && !hasCalls) {
    if (mayUseLibrary(know, file)) markUnknown(rewriting);
    markOtherUses(rewriting);
    return [];
  }
  markUnknown(rewriting);
  rewriteSignal(rewriting);
  rewriteErrors(rewriting);
  const left = found.flatMap(({ bindings }) => bindings).filter((binding) => !renameUses(rewriting, binding));
  removeUnused(rewriting);
  // A listener moves into what is before it, with all that is made in it.
  for (const construction of constructions.toReversed()) rewriteConstruction(rewriting, construction);
  markOtherUses(rewriting);
  rewriteImports(rewriting, found, left);
  return imports.modules;
}

/**
 * Whether a file names the library, or imports one that has to do with it: it may have a Redlock or a lock of it in a way that is not
 * understood.
 */
function mayUseLibrary(know: Knowledge, file: SourceFile): boolean {
  if (namesLibrary(file.text)) return true;
  return modulesIn(file.text).some((specifier) => {
    const module = know.usesLibrary ? know.kindOfModule(specifier, file) : undefined;
    return module && module.is !== "client" && module.is !== "redsync";
  });
}
