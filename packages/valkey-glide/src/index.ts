export { type GlideClient, type GlideOptions, glideNode } from "./glide-node.ts";
export type { GlideSubscriber } from "./subscribe.ts";
