import { childrenOf, isA, type Node } from "../syntax/node.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { elementOf, type Kind, type Knowledge, together } from "./kind.ts";

/** What is at a place, as what is put there says: a lock itself, or a collection of those that are put into it. */
export function kindOfContents(
  know: Knowledge,
  place: string | undefined,
  file: SourceFile,
): Kind | undefined {
  const fillings = file.fillings.at(place);
  const itself = fillings.filter(({ as }) => as === "itself").map(({ value }) => know.kindOf(value, file));
  const put = fillings.filter(({ as }) => as !== "itself");
  const of = alike(put.map(({ value }) => kindOfPut(know, value, file)));
  const is = (["list", "map"] as const).find((each) => put.some(({ as }) => as === each)) ?? "record";
  return together([...itself, of && { is, of }]);
}

/** `push(...locks)` puts in what the others have. */
function kindOfPut(know: Knowledge, value: Node, file: SourceFile): Kind | undefined {
  if (!isA(value, "spread_element")) return know.kindOf(value, file);
  return elementOf(know.kindOf(childrenOf(value)[0], file));
}

/** What all of them are. Objects that are written down at several places may have locks of several durations. */
function alike(kinds: readonly (Kind | undefined)[]): Kind | undefined {
  const objects = new Set(kinds.map((kind) => (kind?.is === "object" ? kind.node.id() : undefined)));
  objects.delete(undefined);
  return objects.size > 1 ? undefined : together(kinds);
}

/** What any value of an object or a collection is, if all of them are known to be alike. */
export function kindOfValues(know: Knowledge, of: Kind | undefined): Kind | undefined {
  if (of?.is === "map") return of.of;
  if (of?.is !== "object") return elementOf(of);
  const members = childrenOf(of.node.field("body") ?? of.node);
  const kinds = members.map((member) => {
    if (isA(member, "index_signature")) return know.kindOfType(childrenOf(member).at(-1), of.file);
    if (isA(member, "shorthand_property_identifier")) return know.kindOf(member, of.file);
    if (isA(member, "pair")) return know.kindOf(member.field("value"), of.file);
    return know.kindOfType(member.field("type"), of.file);
  });
  const first = kinds[0]?.is;
  return kinds.every((kind) => kind && kind.is === first) ? together(kinds) : undefined;
}
