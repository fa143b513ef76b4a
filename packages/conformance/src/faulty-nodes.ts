import type { FaultyNode } from "./faults.ts";

/** How many commands were sent to the nodes, faults or not. */
export const countOfCommands = (nodes: readonly FaultyNode[]): number =>
  nodes.reduce((sum, { sent }) => sum + sent.length, 0);

/**
 * Ends every fault, on all nodes.
 *
 * What the faults were to show has been shown by then; what core sends again to nodes that are back is soon done, and to
 * those that stay away it takes half a second in every case.
 */
export function mendAll(nodes: readonly FaultyNode[]): void {
  for (const node of nodes) node.mend();
}
