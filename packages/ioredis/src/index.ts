export { type IoredisClient, type IoredisOptions, ioredisNode } from "./ioredis-node.ts";
export type { IoredisSubscriber } from "./subscriptions.ts";
