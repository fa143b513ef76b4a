export { type BunClient, type BunOptions, type BunSubscriber, bunNode } from "./bun-node.ts";
