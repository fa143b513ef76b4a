import type { Kind, Knowledge } from "../kinds/kind.ts";
import type { Node } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Imports } from "./imports.ts";

/** One file that is being rewritten. */
export interface Rewriting {
  readonly file: SourceFile;
  readonly know: Knowledge;
  readonly imports: Imports;
  /** The object literals that become options, by their ids. */
  readonly translated: ReadonlySet<number>;
  /** Names that calls have used which are rewritten, so that nothing else may use them. */
  readonly dropped: Node[];
  kindOf(node: Node | null | undefined): Kind | undefined;
  /** Leaves it to the user, by a comment above the statement. */
  mark(node: Node, message: string): void;
}
