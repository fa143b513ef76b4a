import type { Node } from "../../syntax/node.ts";
import type { SourceFile } from "../../syntax/source-file.ts";
import type { Knowledge } from "../kind.ts";

/** One question whether something comes from elsewhere than redlock, and all that it leads to. */
export interface Asking {
  readonly know: Knowledge;
  /** Whether how something is called says nothing: it is called as if it was a lock. */
  readonly isStrict: boolean;
  isOf(node: Node | null | undefined, file: SourceFile): boolean;
  /** Whether all of them do, and there is one that says something. */
  areOf(nodes: readonly (Node | null | undefined)[], file: SourceFile): boolean;
}

/** What is put at a place in a file, or into the collection there. */
export const valuesAt = (file: SourceFile, place: string | undefined): Node[] =>
  file.fillings.at(place).map(({ value }) => value);
