export { type GlideClient, glideNode } from "./glide-node.ts";
