import { type ContestantId, contestant } from "./contestants.ts";

/** What a contestant is called in a table: what it waits for is part of the name if there is a difference. */
export function titleOf(id: ContestantId, nodes: number): string {
  const { label, waitsFor } = contestant(id);
  if (nodes === 1) return label;
  return `${label} (${waitsFor === "all" ? "waits for all" : "returns at quorum"})`;
}
