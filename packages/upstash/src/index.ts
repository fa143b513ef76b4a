export type { UpstashDatabase } from "./rest.ts";
export {
  type UpstashEnv,
  type UpstashOptions,
  type UpstashRedis,
  upstashNode,
  upstashNodeFromEnv,
} from "./upstash-node.ts";
