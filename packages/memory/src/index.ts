export { type MemoryNode, type MemoryOptions, memoryNode } from "./memory-node.ts";
