import { memoryNode } from "@redsync/memory";
import type { Open } from "../open.ts";

/** No server at all: a node in this process. */
export const open: Open = () => ({ node: memoryNode(), connect: async () => {}, close() {} });
