export type { Command, RedisNode, Reply, SendOptions } from "./node.ts";
