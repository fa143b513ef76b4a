import type { Knowledge } from "../kinds/kind.ts";
import { argumentsOf } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { libraryImportsIn, markOtherUses } from "./bindings.ts";
import { markUnknown, rewriteCalls } from "./calls.ts";
import { constructionsIn, rewriteConstruction } from "./construct.ts";
import { rewriteErrors } from "./errors.ts";
import { listenerOf } from "./events.ts";
import { rewriteImports } from "./import-statements.ts";
import { Imports } from "./imports.ts";
import { namesLibrary } from "./library.ts";
import { renameUses } from "./names.ts";
import { modulesIn } from "./project-of.ts";
import type { Rewriting } from "./rewriting.ts";
import { literalOf } from "./settings.ts";
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
    kindOf: (node) => know.kindOf(node, file),
    mark: (node, message) => file.mark(node, message),
  };
  const found = libraryImportsIn(rewriting);
  const constructions = constructionsIn(rewriting);
  for (const each of constructions) translated.add(literalOf(file, argumentsOf(each)[1])?.id() ?? -1);
  // Listeners move into the options of what they listen to, at the end.
  const moved = new Set(constructions.flatMap((each) => listenerOf(rewriting, each)?.id() ?? []));
  const hasCalls = rewriteCalls(rewriting, moved);
  if (found.length === 0 && constructions.length === 0 && !hasCalls) {
    if (mayUseLibrary(know, file)) markUnknown(rewriting);
    markOtherUses(rewriting);
    return [];
  }
  markUnknown(rewriting);
  rewriteSignal(rewriting);
  rewriteErrors(rewriting);
  const left = found.flatMap(({ bindings }) => bindings).filter((binding) => !renameUses(rewriting, binding));
  for (const construction of constructions) rewriteConstruction(rewriting, construction);
  markOtherUses(rewriting);
  rewriteImports(rewriting, found, left);
  return imports.modules;
}

/** Whether a file, or one that it imports, names the library: it may have a Redlock of it in a way that is not understood. */
function mayUseLibrary(know: Knowledge, file: SourceFile): boolean {
  if (namesLibrary(file.text)) return true;
  return modulesIn(file.text).some((specifier) => {
    const module = know.kindOfModule(specifier, file);
    return module?.is === "module" && namesLibrary(module.file.text);
  });
}
